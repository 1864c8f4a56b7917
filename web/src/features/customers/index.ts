// Door of the feature: customer card and form for other pages.
export { default as CustomerForm } from './components/CustomerForm.vue'
export { default as CustomerPanel } from './components/CustomerPanel.vue'
export { useCustomer } from './queries'
