// Door of the feature: the browser phone, its bar, the offered call.
export { default as CallBar } from './components/CallBar.vue'
export { default as OfferCard } from './components/OfferCard.vue'
export { default as PhoneBanner } from './components/PhoneBanner.vue'
export { allowSound } from './ring'
export { useSoftphone } from './useSoftphone'
