import type zh from './zh-CN'

const en: typeof zh = {
	queues: 'My queues', noQueues: 'You are in no queue yet. Ask your team leader.', callsToday: '{n} calls today', goReady: 'Start taking calls', notAgent: 'Your account takes no calls. Tickets and calls are at the left.',
	myTickets: 'My open tickets', noTickets: 'Open tickets assigned to you are listed here.', myCalls: 'My calls', noCalls: 'Calls you took are listed here.',
	sections: 'Work', section: { ticket: 'New ticket', customer: 'Customer data', newCustomer: 'New customer', steps: 'What happened' }, linked: 'Tickets of this call',
	match: { known: 'Customer', several: 'Choose the customer', unknown: 'New number', anonymous: 'Number withheld' },
	matchText: { known: '', several: '', unknown: 'No customer has this number. It is filled in under “New customer”.', anonymous: 'The caller shows no number. Ask for the name.' },
	findCustomer: 'Find a customer: name, organisation, phone', otherCustomer: 'Not this customer',
	wrapup: 'Wrap-up', extend: '+30 s', wrapupDone: 'Finish wrap-up', dispositionMissing: 'Choose a disposition first.',
}
export default en
