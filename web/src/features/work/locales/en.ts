import type zh from './zh-CN'

const en: typeof zh = { tabs: 'Open work', new: 'new call', close: 'Close “{title}”', kinds: { call: 'Call', ticket: 'Ticket', customer: 'Customer' } }
export default en
