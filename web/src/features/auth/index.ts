// Door of the feature: session, rights, preferences and the sign-in forms.
export { default as PasswordDialog } from './components/PasswordDialog.vue'
export { default as SessionEnded } from './components/SessionEnded.vue'
export { default as SignInPage } from './pages/SignInPage.vue'
export { useSession, type Theme } from './session'
export { useViews } from './views'
