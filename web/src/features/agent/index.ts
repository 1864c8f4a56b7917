// Door of the feature: the agent's state and calls.
export { default as StateButton } from './components/StateButton.vue'
export { choosesNext, firstAction, marks, type Wanted } from './model'
export { useAgent, type Offer } from './store'
