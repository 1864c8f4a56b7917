// Door of the feature: form and state for other pages.
export { default as TicketForm } from './components/TicketForm.vue'
export { default as TicketState } from './components/TicketState.vue'
