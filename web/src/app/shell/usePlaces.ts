// The places this person may go to.
import { computed } from 'vue'
import { useRouter } from 'vue-router'
import { useSession } from '@/features/auth'
import { places } from '../places'

export function usePlaces() {
	const session = useSession()
	const router = useRouter()
	const mine = computed(() => places.filter((place) => !place.permission || session.can(place.permission)))
	return { mine, go: (to: string) => void router.push(to) }
}
