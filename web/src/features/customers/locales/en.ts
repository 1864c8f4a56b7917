import type zh from './zh-CN'

const en: typeof zh = {
	card: 'Customer card', edit: 'Edit customer', new: 'New customer', create: 'Save customer', saved: 'Customer saved', search: 'Name, organisation, phone, initials', updated: 'Updated', empty: 'Customers you may see are listed here.', readOnly: 'You may see this customer but not change the data.',
	openTickets: 'Open tickets', noOpenTickets: 'No open tickets', lastContacts: 'Last contacts', noContacts: 'No contacts yet', contacts: 'Contacts', blockedNote: 'This customer is on the block list',
	phoneKind: 'Kind', phoneNumber: 'Phone number', phoneNote: 'Note', addPhone: 'Add number', removePhone: 'Remove number', addressKind: 'Kind of address', address: 'Address', contact: 'Contact person', addAddress: 'Add address', removeAddress: 'Remove address',
	duplicates: 'This customer may exist already', useThis: 'Use this one', reason: { phone: 'same number', name_organisation: 'same name and organisation', name: 'same name' }, time: 'Time', kind: 'Kind', title: 'What',
	field: { name: 'Name', organisation: 'Organisation', type: 'Customer type', level: 'Level', department_id: 'Department', email: 'E-mail', remark: 'Remark', tags: 'Tags', phones: 'Phones', addresses: 'Addresses', blocked: 'On the block list' },
}
export default en
