// The places of the rail, by right. One row per place; the order is that of the screen.
import { Calendar, ChatDotRound, Clock, Connection, Document, Guide, Headset, List, Microphone, Monitor, OfficeBuilding, PhoneFilled, Setting, Share, Stamp, Tickets, User, UserFilled } from '@element-plus/icons-vue'
import type { Component } from 'vue'

export interface Place {
	name: string
	to: string
	icon: Component
	permission?: string
	/** Second key after "g". */
	key?: string
	/** In the list behind the gear, not on the rail itself. */
	admin?: boolean
}

export const places: Place[] = [
	{ name: 'desk', to: '/desk', icon: Headset, key: 'd' },
	{ name: 'tickets', to: '/tickets', icon: Tickets, permission: 'ticket.read', key: 't' },
	{ name: 'customers', to: '/customers', icon: User, permission: 'customer.read', key: 'c' },
	{ name: 'calls', to: '/calls', icon: Clock, permission: 'interaction.read', key: 'l' },
	{ name: 'live', to: '/live', icon: Monitor, permission: 'queue.live', key: 'v' },
	{ name: 'start', to: '/admin/start', icon: Guide, permission: 'setting.manage', admin: true },
	{ name: 'queues', to: '/queues', icon: Connection, permission: 'queue.manage', key: 'q', admin: true },
	{ name: 'ivr', to: '/ivr', icon: ChatDotRound, permission: 'ivr.read', key: 'i', admin: true },
	{ name: 'prompts', to: '/prompts', icon: Microphone, permission: 'prompt.read', key: 'p', admin: true },
	{ name: 'numbers', to: '/entry-numbers', icon: PhoneFilled, permission: 'ivr.read', admin: true },
	{ name: 'trunks', to: '/trunks', icon: Share, permission: 'trunk.manage', admin: true },
	{ name: 'calendars', to: '/calendars', icon: Calendar, permission: 'calendar.manage', admin: true },
	{ name: 'users', to: '/admin/users', icon: UserFilled, permission: 'user.read', key: 'u', admin: true },
	{ name: 'departments', to: '/admin/departments', icon: OfficeBuilding, permission: 'department.manage', admin: true },
	{ name: 'roles', to: '/admin/roles', icon: Stamp, permission: 'role.manage', admin: true },
	{ name: 'dictionary', to: '/admin/dictionary', icon: List, permission: 'dictionary.manage', admin: true },
	{ name: 'settings', to: '/admin/settings', icon: Setting, permission: 'setting.manage', admin: true },
	{ name: 'audit', to: '/admin/audit', icon: Document, permission: 'audit.read', admin: true },
]
export const adminIcon = Setting
