// Rows, bodies and events of the API by the names the screens use. Everything comes from the generated schema; ids are strings,
// times UTC milliseconds. The schema says null for whatever the writer could leave out; here a row names what can really be empty.
import type { paths } from './schema'

export type Id = string
export type Time = number

type Full<P extends string> = `/api/v1${P}` & keyof paths
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Operation<P extends string, M extends Method> = paths[Full<P>][M]

/** A path with its parameters filled in: "/tickets/{id}" → `/tickets/${string}`. */
type Filled<P> = P extends `${infer A}{${string}}${infer B}` ? Filled<`${A}${string}${B}`> : P
/** Every address of the API that a method may be sent to. */
export type Path<M extends Method> = {
	[P in keyof paths]: P extends `/api/v1${infer Rest}` ? ([NonNullable<paths[P][M]>] extends [never] ? never : Filled<Rest>) : never
}[keyof paths]

/** What is sent. */
export type Body<P extends string, M extends Method = 'post'> = Operation<P, M> extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never

type Json<P extends string, M extends Method> = Operation<P, M> extends { responses: { '2XX': { content: { 'application/json': infer R } } } } ? R : never
type Item<R> = R extends { items: (infer I)[] } ? I : R
/** A row of a list, or the object of a reply; only the fields N can be null. */
type Row<P extends string, N extends string = never, M extends Method = 'get'> = Solid<Item<Json<P, M>>, N>
type Solid<T, N extends string = never> = { [K in keyof T]: K extends N ? T[K] : NonNullable<T[K]> }
/** T with some fields in a closer type than the schema can say (JSON columns, codes). */
type With<T, C> = Omit<T, keyof C> & C

export interface Named {
	name: string
	name_en?: string | null
}

export interface Grant {
	name: string
	range: 'none' | 'own' | 'department' | 'tree' | 'all'
}

type SessionReply = Row<'/session'>
export type SessionUser = With<
	Solid<SessionReply['user'], 'department_id' | 'department_name' | 'department_name_en' | 'extension' | 'sip_user' | 'language' | 'theme'>,
	{ preferences: Record<string, unknown> | null; roles: { id: Id; name: string; name_en: string | null }[]; permissions: Grant[] }
>
export type Session = With<SessionReply, { user: SessionUser }>
export type SystemInfo = With<Row<'/system', 'company_en'>, { database: 'up' | 'down' }>

export type Department = Row<'/departments', 'parent_id' | 'name_en'>
export type Group = Row<'/groups', 'department_id' | 'name_en'>
export type Role = With<Row<'/roles', 'name_en'>, { permissions: Grant[] }>
export type Permission = Row<'/permissions'>
export type User = Row<'/users/{id}', 'extension' | 'phone' | 'email' | 'language' | 'department_id' | 'department_name'>
export type Right = Row<'/users/{id}/rights'>
export type AuditRow = With<Row<'/audit', 'user_id' | 'user_name' | 'entity_id' | 'reason' | 'source'>, { changes: { field: string; old: unknown; new: unknown }[] | null }>
export type DictionaryRow = Row<'/dictionary', 'name_en' | 'parent_id' | 'colour' | 'shape' | 'category'>
export type Setting = Row<'/settings', 'value' | 'fallback'>
export type Draft = With<Row<'/drafts/{key}'>, { content: Record<string, unknown> }>

type CustomerReply = Row<'/customers/{id}', 'organisation' | 'type' | 'level' | 'department_id' | 'department_name' | 'email' | 'remark' | 'last_agent_id'>
export type Phone = Solid<Omit<CustomerReply['phones'][number], 'normalized'>, 'note'> & { normalized?: string | null }
export type Address = Solid<CustomerReply['addresses'][number], 'contact'>
export type Customer = With<CustomerReply, { phones: Phone[]; addresses: Address[] }>
export type Duplicate = With<Row<'/customers/duplicates'>, { customer: Customer; reason: 'phone' | 'name_organisation' | 'name' }>
export type Contact = With<Row<'/customers/{id}/contacts', 'number' | 'title' | 'state'>, { kind: 'call' | 'ticket' }>

type Nobody = 'department_id' | 'department_name' | 'assignee_id' | 'assignee_name' | 'customer_id' | 'customer_name' | 'interaction_id'
export type Ticket = Row<'/tickets/{id}', Nobody | 'text' | 'due' | 'channel' | 'closed' | 'created_by' | 'created_by_name'>
export type Entry = With<
	Row<'/tickets/{id}/timeline', 'user_id' | 'user_name' | 'on_behalf_of_id' | 'on_behalf_of_name' | 'text' | 'interaction_id' | 'recording_id'>,
	{ kind: 'internal' | 'public' | 'state' | 'change' | 'call' | 'recording' | 'opened' | 'assign' | 'system'; data: Record<string, unknown> | null }
>
export type Transition = Row<'/ticket-transitions', 'type'>

type Unanswered = 'number' | 'number_display' | 'called' | 'customer_id' | 'customer_name' | 'department_id' | 'queue_id' | 'queue_name' | 'queue_name_en' | 'agent_id' | 'agent_name' | 'answered' | 'ended' | 'hangup_by' | 'disposition' | 'note' | 'language'
type Way = { direction: 'in' | 'out' | 'internal' }
export type Interaction = With<Row<'/interactions', Unanswered>, Way>
type DetailReply = Row<'/interactions/{id}', Unanswered>
export type Step = Solid<DetailReply['steps'][number], 'user_id' | 'user_name' | 'queue_id' | 'queue_name' | 'detail'>
export type IvrStep = Solid<DetailReply['ivr'][number], 'name' | 'port' | 'keys'>
export type NamedValue = Solid<DetailReply['values'][number]>
export type Recording = Solid<DetailReply['recordings'][number]>
export type Leg = Solid<DetailReply['legs'][number], 'user_id' | 'codec' | 'answered' | 'ended' | 'hangup_by' | 'status' | 'stats'>
export type InteractionDetail = With<DetailReply, Way & { steps: Step[]; ivr: IvrStep[]; values: NamedValue[]; recordings: Recording[]; legs: Leg[] }>

type PopReply = Row<'/interactions/{id}/pop', 'number' | 'number_display' | 'queue_id' | 'queue_name' | 'queue_name_en' | 'language' | 'direction' | 'called'>
export type Pop = With<
	PopReply,
	{
		match: 'known' | 'several' | 'unknown' | 'anonymous'
		customers: Customer[]
		contacts: Contact[]
		open_tickets: Pick<Ticket, 'id' | 'number' | 'type' | 'subject' | 'state' | 'priority' | 'created' | 'department_id' | 'assignee_id'>[]
		ivr: IvrStep[]
		values: NamedValue[]
	}
>

export type AgentState = 'signed_out' | 'ready' | 'offered' | 'talking' | 'wrap_up' | 'busy' | 'rest' | 'no_answer'
export type Call = With<
	Row<'/calls/mine', 'number' | 'number_display' | 'queue_id' | 'queue_name' | 'queue_name_en' | 'offer_deadline' | 'answered' | 'peer_name' | 'hangup_by'>,
	Way & { state: 'ringing' | 'talking' | 'held' | 'lost' | 'ended' }
>
export interface Wrapup {
	interaction_id: Id
	until: Time | null
	queue_id: Id | null
	mandatory: boolean
}
export type Agent = With<
	Row<'/agent/me', 'department_id' | 'extension' | 'reason'>,
	{ state: AgentState; next_state: AgentState | null; phone: 'none' | 'browser' | 'phone' | 'both'; call: Call | null; wrapup: Wrapup | null; queues: { id: Id; name: string; name_en: string | null }[] }
>
export type AgentCard = With<Row<'/agents', 'department_id' | 'extension'>, { state: AgentState }>
export type TransferQueue = Row<'/transfer-queues', 'name_en'>
export type LiveQueue = With<Row<'/live/queues', 'department_id' | 'name_en'>, { service_level: number | null }>
export type LiveCall = Row<'/live/calls', 'number' | 'queue_id' | 'queue_name' | 'agent_id' | 'agent_name'>

export type Queue = Row<'/queues/{id}', 'name_en' | 'department_id' | 'music' | 'overflow_target' | 'calendar_id'>
export type QueueMember = Row<'/queues/{id}/members'>
export interface Exception {
	date: string
	kind: 'holiday' | 'makeup' | 'special'
	from: string | null
	to: string | null
	name: string
}
export type Calendar = With<Row<'/calendars/{id}'>, { weekly: { day: number; from: string; to: string }[]; exceptions: Exception[] }>
export type Trunk = Row<'/trunks', 'addresses' | 'user'>

type PromptReply = Row<'/prompts', 'text_zh' | 'text_en'>
export type PromptVersion = With<Solid<PromptReply['versions'][number]>, { source: 'upload' | 'speech' | 'clip' }>
export type Prompt = With<PromptReply, { versions: PromptVersion[] }>
export type IvrFlow = Row<'/ivr-flows', 'draft_updated' | 'draft_by' | 'draft_by_name'>
export type Finding = Solid<Row<'/ivr-flows/{id}/check', never, 'post'>['findings'][number], 'node' | 'detail'>
export type IvrVersion = With<Row<'/ivr-flows/{id}/versions', 'author_id' | 'author_name' | 'note'>, { state: 'active' | 'finalizing' | 'inactive' }>
export type IvrSwitch = Row<'/ivr-switches', 'until' | 'changed'>
export type EntryNumber = Row<'/entry-numbers', 'flow_id' | 'note'>

export interface ServerEvents {
	hello: { server_time: Time }
	'agent.state': Agent
	'offer.made': { offer_id: Id; deadline: Time; call: Call; pop: Pop | null }
	'offer.ended': { offer_id: Id; call_id: Id; reason: 'answered' | 'missed' | 'refused' | 'cancelled' }
	'call.changed': Call
	'pop.show': Pop
	'call.lost': { interaction_id: Id }
	'call.audio': { interaction_id: Id; flowing: boolean }
	'queue.live': LiveQueue
	'interaction.changed': { id: Id }
	'recording.ready': { id: Id; interaction_id: Id }
	'ticket.opened': { id: Id; number: string; version: number }
	'ticket.changed': { id: Id; number: string; version: number }
	'ticket.entry': { id: Id; number: string; version: number }
	'customer.changed': { id: Id }
	'system.database': { reachable: boolean }
	'session.ended': Record<string, never>
}
