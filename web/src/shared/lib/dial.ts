// Click to dial: the frame provides it, number buttons anywhere use it.
import { inject, provide, type InjectionKey } from 'vue'

export interface Dialer {
	canDial: () => boolean
	dial: (number: string, customerId?: string | null) => void
	/** Whether numbers must be shown masked to this user. */
	masks: () => boolean
}
const key: InjectionKey<Dialer> = Symbol('dialer')

export const provideDialer = (dialer: Dialer) => provide(key, dialer)
export const useDialer = () => inject(key, { canDial: () => false, dial: () => undefined, masks: () => false })
