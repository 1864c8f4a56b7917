import { describe, expectTypeOf, it } from 'vitest'
import { api, type Body, type Path, type Ticket } from '.'

// Checked by vue-tsc: each @ts-expect-error must be an error, or the schema no longer protects the screens.
describe('the schema', () => {
	it('knows the addresses', () => {
		expectTypeOf<'/tickets'>().toExtend<Path<'get'>>()
		const calls = () => [
			api.get(`/tickets/${'1'}/timeline`),
			// @ts-expect-error there is no such address
			api.get('/tiquets'),
			// @ts-expect-error a ticket is not deleted
			api.remove(`/tickets/${'1'}`),
		]
		expectTypeOf(calls).toBeFunction()
	})
	it('knows what must be sent', () => {
		expectTypeOf({ type: 'repair', subject: 'x' }).toExtend<Body<'/tickets'>>()
		// @ts-expect-error the subject is missing
		const empty: Body<'/tickets'> = { type: 'repair' }
		// @ts-expect-error no agent is "asleep"
		const state: Body<'/agent/me/state'> = { state: 'asleep' }
		expectTypeOf([empty, state]).toBeArray()
	})
	it('knows what can be empty', () => {
		expectTypeOf<Ticket['subject']>().toEqualTypeOf<string>()
		expectTypeOf<Ticket['due']>().toEqualTypeOf<number | null>()
	})
})
