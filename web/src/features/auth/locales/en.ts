import type zh from './zh-CN'

const en: typeof zh = {
	title: 'Sign in', subtitle: 'Customer service hotline', account: 'Account', password: 'Password', signIn: 'Sign in', both: 'Fill in account and password.',
	endedTitle: 'Your session has ended', endedText: 'Sign in again. Everything on the page is kept and goes on afterwards.', leave: 'Leave this page', callUs: 'Customers call here', demo: 'Demonstration data: accounts and passwords are printed at start and written to demo-accounts.json in the data folder.',
	changePassword: 'Change password', oldPassword: 'Present password', newPassword: 'New password', again: 'New password again', different: 'The two differ.', passwordChanged: 'Password changed',
}
export default en
