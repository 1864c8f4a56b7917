import type zh from './zh-CN'

const en: typeof zh = {
	name: 'Hotline', skip: 'Skip to content', search: 'Search', searchHint: 'Name, phone, ticket number, page', searchNone: 'Nothing found', places: 'Pages', admin: 'Admin', help: 'Keyboard help', home: 'Home', language: 'Language', otherLanguage: '中文', switchLanguage: '中文', lightTheme: 'Light theme', darkTheme: 'Dark theme', userMenu: 'Menu of {name}', extension: 'ext. {n}', signOut: 'Sign out', signOutInCall: 'You cannot sign out during a call. End the call first.',
	offline: 'The connection to the server is lost', offlineText: 'Connecting again. Nothing you typed is lost, and your call goes on.', databaseDown: 'The database is away', databaseDownText: 'Calls go on; their records are written when it is back.',
	deniedTitle: 'No permission', deniedText: 'This page needs a right you do not have. Ask your administrator.', missingTitle: 'No such page', missingText: 'The address may be wrong, or the page has moved.',
	keys: { general: 'General', phone: 'Phone', places: 'Pages', list: 'Move and open in lists', submit: 'Submit a form' },
	place: { desk: 'Desk', tickets: 'Tickets', customers: 'Customers', calls: 'Calls', live: 'Live', start: 'First steps', queues: 'Queues', ivr: 'Voice flows', prompts: 'Prompts', numbers: 'Entry numbers', trunks: 'Trunks', calendars: 'Hours', users: 'Staff', departments: 'Departments', roles: 'Roles and rights', dictionary: 'Dictionary', settings: 'Settings', audit: 'Audit' },
}
export default en
