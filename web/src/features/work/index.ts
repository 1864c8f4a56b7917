// Door of the feature: tabs of open work.
export { tabPath } from './model'
export { useWork } from './store'
export { useTab } from './useTab'
export { default as WorkTabs } from './WorkTabs.vue'
