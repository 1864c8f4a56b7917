// What runs as long as somebody is signed in: event line, agent, phone, tabs, pops.
import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useI18n } from 'vue-i18n'
import { connectEvents, disconnectEvents, onEvent, type Pop } from '@/api'
import { useAgent } from '@/features/agent'
import { useSession } from '@/features/auth'
import { useSoftphone } from '@/features/softphone'
import { tabPath, useWork } from '@/features/work'
import { provideDialer } from '@/shared/lib/dial'
import { maskNumber } from '@/shared/lib/format'
import { useNotify } from '@/shared/lib/notify'

export function useFrame({ typing }: { typing: () => boolean }) {
	const { t } = useI18n()
	const route = useRoute()
	const router = useRouter()
	const session = useSession()
	const agent = useAgent()
	const phone = useSoftphone()
	const work = useWork()
	const notify = useNotify()
	const works = session.works
	const masked = (number: string | null | undefined) => (number && session.user?.masks_numbers ? maskNumber(number) : (number ?? ''))

	/** Opens a call as a blinking tab; it comes to the front only when nothing is being typed. */
	function showCall(interactionId: string, title: string) {
		const path = tabPath('call', interactionId)
		const front = !typing()
		work.open('call', interactionId, title, !front && route.path !== path)
		if (front) void router.push(path)
	}

	function titleOf(pop: Pop) {
		const number = masked(pop.number_display ?? pop.number)
		return (pop.match === 'known' && pop.customers[0]?.name) || number || t('softphone.anonymous')
	}

	provideDialer({
		canDial: () => works && session.can('call.dial') && !agent.call,
		masks: () => Boolean(session.user?.masks_numbers),
		dial: async (number, customerId) => {
			try {
				phone.expectOwnCall()
				const call = await agent.dial(number, customerId)
				showCall(call.interaction_id, masked(call.number_display ?? call.number))
			} catch (error) {
				notify.failed(error)
			}
		},
	})

	let off: (() => void)[] = []
	watch(() => route.path, (path) => work.seen(path))
	watch(
		() => Boolean(agent.call),
		(busy) => {
			if (busy) document.documentElement.dataset.call = '1'
			else delete document.documentElement.dataset.call
		},
	)

	function start() {
		work.restore()
		connectEvents()
		off = [onEvent('session.ended', () => (session.ended = true))]
		if (!works) return
		off.push(
			agent.onPop((pop) => showCall(pop.interaction_id, titleOf(pop))),
			agent.onCall((call) => {
				const open = work.tabs.some((tab) => tab.kind === 'call' && tab.id === call.interaction_id)
				if (call.state === 'talking' && !open) showCall(call.interaction_id, call.peer_name ?? masked(call.number_display ?? call.number))
			}),
		)
		void agent.start().catch(notify.failed)
		if (session.user?.sip_user) phone.start(session.user.sip_user)
	}

	function stop() {
		off.forEach((remove) => remove())
		agent.stop()
		phone.stop()
		disconnectEvents()
	}

	return { start, stop }
}
