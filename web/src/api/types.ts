// Rows and events of the API as the screens use them. Ids are strings, times UTC milliseconds.

export type Id = string
export type Time = number

export interface Grant {
	name: string
	range: 'own' | 'department' | 'tree' | 'all' | null
}

export interface Session {
	csrf: string
	expires: Time
	server_time: Time
	test_clock?: boolean
	user: SessionUser
}

export interface SessionUser {
	id: Id
	account: string
	name: string
	language: string | null
	theme: string | null
	preferences: Record<string, unknown> | null
	department_id: Id | null
	department_name: string | null
	department_name_en: string | null
	roles: { id: Id; name: string; name_en: string }[]
	extension: string | null
	sip_user: string | null
	is_agent: boolean
	masks_numbers: boolean
	permissions: Grant[]
}

export interface SystemInfo {
	company: string
	company_en: string
	version: string
	database: 'up' | 'down'
	journal_waiting: number
	running_state: string
	zone: string
	demo: boolean
	guest_call: boolean
}

export interface Named {
	name: string
	name_en?: string | null
}

export interface Department extends Named {
	id: Id
	parent_id: Id | null
	code: string
	position: number
	active: boolean
	version: number
}

export interface Group extends Named {
	id: Id
	department_id: Id | null
	functions: string[]
	version: number
}

export interface Role extends Named {
	id: Id
	group_id: Id
	permissions: Grant[]
	version: number
}

export interface Permission {
	name: string
	ranged: boolean
	text_zh: string
	text_en: string
}

export interface User {
	id: Id
	account: string
	name: string
	department_id: Id | null
	department_name: string | null
	role_ids: Id[]
	extension: string | null
	phone: string | null
	email: string | null
	language: string | null
	active: boolean
	is_agent: boolean
	masks_numbers: boolean
	version: number
}

export interface Right {
	name: string
	range: string | null
	from: string[]
}

export interface AuditRow {
	id: Id
	time: Time
	user_id: Id | null
	user_name: string | null
	action: string
	entity: string
	entity_id: Id | null
	changes: { field: string; old: unknown; new: unknown }[] | null
	reason: string | null
	source: string | null
}

export interface DictionaryRow extends Named {
	id: Id
	kind: string
	code: string
	parent_id: Id | null
	colour: string | null
	shape: string | null
	position: number
	active: boolean
	version: number
}

export interface Setting {
	name: string
	type: string
	value: string | null
	fallback: string | null
	origin: string
	live: boolean
	values: string[] | null
	text_zh: string
	text_en: string
}

export interface Draft {
	key: string
	content: Record<string, unknown>
	updated: Time
}

export interface Phone {
	kind: string
	number: string
	normalized?: string | null
	note: string | null
}

export interface Address {
	kind: string
	text: string
	contact: string | null
}

export interface Customer {
	id: Id
	name: string
	organisation: string | null
	type: string | null
	level: string | null
	department_id: Id | null
	department_name: string | null
	email: string | null
	remark: string | null
	tags: string[]
	blocked: boolean
	last_agent_id: Id | null
	phones: Phone[]
	addresses: Address[]
	version: number
	created: Time
	updated: Time
}

export interface Duplicate {
	customer: Customer
	reason: 'phone' | 'name_organisation' | 'name'
	score: number
}

export interface Contact {
	kind: 'call' | 'ticket'
	id: Id
	time: Time
	title: string
	state: string
	number: string | null
}

export interface Ticket {
	id: Id
	number: string
	type: string
	subject: string
	text: string | null
	priority: string
	department_id: Id | null
	department_name: string | null
	assignee_id: Id | null
	assignee_name: string | null
	customer_id: Id | null
	customer_name: string | null
	interaction_id: Id | null
	state: string
	due: Time | null
	channel: string | null
	created: Time
	created_by: Id | null
	created_by_name: string | null
	updated: Time
	closed: Time | null
	version: number
}

export interface Entry {
	id: Id
	kind: 'internal' | 'public' | 'state' | 'change' | 'call' | 'recording' | 'opened' | 'assign' | 'system'
	time: Time
	user_id: Id | null
	user_name: string | null
	on_behalf_of_id: Id | null
	text: string | null
	data: Record<string, unknown> | null
	interaction_id: Id | null
	recording_id: Id | null
}

export interface Interaction {
	id: Id
	channel: string
	direction: 'in' | 'out' | 'internal'
	number: string | null
	number_place: string | null
	called: string | null
	customer_id: Id | null
	customer_name: string | null
	department_id: Id | null
	queue_id: Id | null
	queue_name: string | null
	agent_id: Id | null
	agent_name: string | null
	started: Time
	answered: Time | null
	ended: Time | null
	waiting_ms: number | null
	talk_ms: number | null
	hold_ms: number | null
	wrapup_ms: number | null
	outcome: string
	hangup_by: string | null
	disposition: string | null
	note: string | null
	ticket_ids: Id[]
	has_recording: boolean
	version: number
}

export interface Step {
	time: Time
	kind: string
	user_id: Id | null
	user_name: string | null
	queue_id: Id | null
	queue_name: string | null
	detail: unknown
}

export interface IvrStep {
	time: Time
	node: string
	type: string
	name: string | null
	port: string | null
	keys: string | null
}

export interface NamedValue {
	name: string
	value: string
}

export interface Recording {
	id: Id
	milliseconds: number
	degraded: boolean
	cut_short: boolean
	started: Time
}

export interface Leg {
	id: Id
	kind: string
	user_id: Id | null
	codec: string | null
	started: Time
	answered: Time | null
	ended: Time | null
	hangup_by: string | null
	status: number | null
	stats: unknown
}

export interface InteractionDetail extends Interaction {
	steps: Step[]
	ivr: IvrStep[]
	values: NamedValue[]
	recordings: Recording[]
	legs: Leg[]
}

export interface Pop {
	interaction_id: Id
	number: string | null
	number_display: string | null
	number_place: string | null
	match: 'known' | 'several' | 'unknown' | 'anonymous'
	customers: Customer[]
	contacts: Contact[]
	open_tickets: Ticket[]
	queue_id: Id | null
	queue_name: string | null
	queue_name_en: string | null
	waiting_ms: number | null
	ivr: IvrStep[]
	values: NamedValue[]
	language: string | null
}

export type AgentState =
	'signed_out' | 'ready' | 'offered' | 'talking' | 'wrap_up' | 'busy' | 'rest' | 'no_answer'

export interface Call {
	id: Id
	interaction_id: Id
	direction: 'in' | 'out' | 'internal'
	number: string | null
	number_display: string | null
	queue_id: Id | null
	queue_name: string | null
	state: 'ringing' | 'talking' | 'held' | 'lost' | 'ended'
	offer_deadline: Time | null
	started: Time
	answered: Time | null
	muted: boolean
	recording: boolean
	peer_name: string | null
	transfer: { kind: string; target: string; state: string } | null
	hangup_by?: string | null
}

export interface Wrapup {
	interaction_id: Id
	until: Time | null
	queue_id: Id | null
	mandatory: boolean
}

export interface Agent {
	user_id: Id
	name: string
	department_id: Id | null
	extension: string | null
	state: AgentState
	reason: string | null
	since: Time
	next_state: AgentState | null
	phone: 'none' | 'browser' | 'phone' | 'both'
	queues: { id: Id; name: string }[]
	calls_today: number
	call: Call | null
	wrapup: Wrapup | null
}

export interface AgentCard {
	user_id: Id
	name: string
	department_id: Id | null
	department_name: string | null
	extension: string | null
	state: AgentState
	since: Time
}

export interface LiveQueue extends Named {
	id: Id
	department_id: Id | null
	waiting: number
	longest_wait_ms: number
	ready: number
	talking: number
	present: number
	offered_today: number
	answered_today: number
	abandoned_today: number
	short_today: number
	flowout_today: number
	/** Per cent; -1: no call yet. */
	service_level: number | null
	open: boolean
}

export interface LiveCall {
	interaction_id: Id
	state: string
	number: string | null
	queue_id: Id | null
	queue_name: string | null
	agent_id: Id | null
	agent_name: string | null
	since: Time
}

export interface Queue extends Named {
	id: Id
	key: string
	department_id: Id | null
	strategy: string
	weight: number
	ring_s: number
	wrapup_mode: 'none' | 'optional' | 'mandatory' | 'mandatory_limit'
	wrapup_s: number
	miss_pause_s: number
	tier_wait_s: number
	skill_relax_s: number
	last_agent_s: number
	max_wait_s: number
	max_length: number
	service_level_s: number
	short_abandon_s: number
	music: string | null
	announce_first_s: number
	announce_every_s: number
	announce_position: boolean
	announce_wait: boolean
	overflow_kind: 'none' | 'queue' | 'voicemail' | 'ivr'
	overflow_target: string | null
	calendar_id: Id | null
	recording: 'always' | 'never'
	pop: 'ring' | 'answer' | 'both'
	active: boolean
	version: number
}

export interface QueueMember {
	user_id: Id
	name: string
	tier: number
	position: number
}

export interface Calendar {
	id: Id
	name: string
	zone: string
	weekly: { day: number; from: string; to: string }[]
	exceptions: { date: string; kind: 'holiday' | 'makeup' | 'special'; from: string | null; to: string | null; name: string }[]
	version: number
}

export interface PromptVersion {
	id: Id
	version: number
	language: string
	milliseconds: number
	created: Time
	source: 'upload' | 'speech' | 'clip'
}

export interface Prompt {
	id: Id
	name: string
	text_zh: string | null
	text_en: string | null
	versions: PromptVersion[]
	used_by: string[]
}

export interface IvrFlow {
	id: Id
	key: string
	name: string
	active_version: number | null
	draft_updated: Time | null
	draft_by: string | null
	version: number
}

export interface Finding {
	error: boolean
	node: string | null
	code: string
	detail: string | null
}

export interface IvrVersion {
	version: number
	author_name: string | null
	note: string | null
	hash: string
	published: Time
	state: 'active' | 'finalizing' | 'inactive'
	calls: number
}

export interface EntryNumber {
	id: Id
	number: string
	flow_id: Id | null
	note: string | null
	version: number
}

export interface Trunk {
	id: Id
	name: string
	host: string
	port: number
	transport: string
	addresses: string | null
	user: string | null
	registers: boolean
	max_calls: number
	active: boolean
	up: boolean
	version: number
}

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
