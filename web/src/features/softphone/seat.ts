// One tab owns the phone. The others see its state, can ask it to answer, and can take it over when told to.
// A reloading page gets its seat back first: waiting tabs let some seconds pass before they take a free seat.

const lockName = 'hotline-phone'
const grace = 4000

export interface SeatHandlers {
	/** This tab owns the phone until the returned promise is settled by lose(). */
	gained: () => void
	lost: () => void
	elsewhere: () => void
}

export class Seat {
	private release: (() => void) | null = null
	private closed = false
	constructor(private readonly handlers: SeatHandlers) {}

	async open() {
		if (!navigator.locks) return this.handlers.gained()
		while (!this.closed) {
			if (await this.tryTake({ ifAvailable: true })) continue
			if (this.closed) return
			this.handlers.elsewhere()
			await navigator.locks.request(lockName, () => undefined).catch(() => undefined)
			await new Promise((resolve) => setTimeout(resolve, grace))
		}
	}

	/** Takes the seat from whichever tab has it. */
	takeOver() {
		if (navigator.locks && !this.release) void this.tryTake({ steal: true })
	}

	close() {
		this.closed = true
		this.release?.()
		this.release = null
	}

	/** Resolves when the seat is given up again (true), or at once when it was not free (false). */
	private async tryTake(options: LockOptions): Promise<boolean> {
		let had = false
		try {
			await navigator.locks.request(lockName, options, (lock) => {
				if (!lock || this.closed || this.release) return undefined
				had = true
				this.handlers.gained()
				return new Promise<void>((resolve) => (this.release = resolve))
			})
		} catch {
			/* stolen by another tab */
		}
		if (had) {
			this.release = null
			this.handlers.lost()
		}
		return had
	}
}
