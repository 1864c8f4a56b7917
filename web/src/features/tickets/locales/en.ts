import type zh from './zh-CN'

const en: typeof zh = {
	new: 'New ticket', create: 'Open ticket', created: 'Ticket {number} opened', saved: 'Ticket saved', number: 'Number', customer: 'Customer', search: 'Subject, number, customer', empty: 'Tickets are listed here: every enquiry, repair and complaint.', mine: 'Mine', open: 'Open', created_: 'Created', nobody: 'Nobody', updated: 'Updated', closed: 'Closed', createdBy: 'Opened by', system: 'System', timeline: 'Timeline',
	noCustomer: 'No customer linked', noCustomerYet: 'No customer chosen yet', unsaved: 'Unsaved changes', reset: 'Undo', entryKind: 'Kind of entry',
	view: { mineOpen: 'My open', open: 'All open', unassigned: 'New' },
	field: { subject: 'Subject', text: 'Text', type: 'Type', priority: 'Priority', state: 'State', department_id: 'Department', assignee_id: 'Assigned to', due: 'Due' },
	kind: { internal: 'Internal note', public: 'Answer to the customer', state: 'State', change: 'Change', call: 'Call', recording: 'Recording', opened: 'opened the ticket', assign: 'Assigned', system: 'System' },
	kindNote: { internal: 'seen by colleagues only', public: 'seen by the customer' },
	placeholder: { internal: 'A note for your colleagues', public: 'An answer for the customer' },
	send: { internal: 'Add note', public: 'Publish answer' },
}
export default en
