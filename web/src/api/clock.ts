// The server's clock, so that timers agree with its deadlines, and one shared tick per second for the screens.
import { readonly, ref } from 'vue'

let offset = 0
const tick = ref(Date.now())
setInterval(() => (tick.value = serverNow()), 500)

export function setServerTime(time: number) {
	offset = time - Date.now()
	tick.value = serverNow()
}

export function serverNow() {
	return Date.now() + offset
}

/** Changes twice a second: whatever reads it is drawn again. */
export const now = readonly(tick)
