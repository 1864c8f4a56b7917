// Door of the feature: facts, steps and recordings of a call for other pages.
export { default as CallFacts } from './components/CallFacts.vue'
export { default as CallSteps } from './components/CallSteps.vue'
export { default as CallSummary } from './components/CallSummary.vue'
export { default as Outcome } from './components/Outcome.vue'
export { default as RecordingPlayer } from './components/RecordingPlayer.vue'
export { talkTime } from './model'
export { useInteraction } from './queries'
