// What draws the eye and ear to an offer: ring tone (the Chinese one: 450 Hz, 1 s in 5), blinking title, desktop notice.

let context: AudioContext | null = null
let toneTimer = 0
let titleTimer = 0
let title = ''

function tone() {
	if (!context || context.state !== 'running') return
	const start = context.currentTime
	const gain = context.createGain()
	gain.connect(context.destination)
	gain.gain.setValueAtTime(0, start)
	gain.gain.linearRampToValueAtTime(0.12, start + 0.03)
	gain.gain.setValueAtTime(0.12, start + 0.95)
	gain.gain.linearRampToValueAtTime(0, start + 1)
	for (const frequency of [450, 900]) {
		const oscillator = context.createOscillator()
		oscillator.frequency.value = frequency
		oscillator.connect(gain)
		oscillator.start(start)
		oscillator.stop(start + 1)
	}
}

/** Browsers play sound only after a click: call this from one. */
export function allowSound() {
	context ??= new AudioContext()
	void context.resume()
	if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission()
}

export function startRinging(text: string, body: string) {
	stopRinging()
	context ??= new AudioContext()
	void context.resume().then(tone)
	toneTimer = window.setInterval(tone, 3000)
	title = document.title
	let on = false
	titleTimer = window.setInterval(() => (document.title = (on = !on) ? `☎ ${text}` : title), 700)
	if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
		const notice = new Notification(text, { body, tag: 'hotline-offer', requireInteraction: false })
		notice.onclick = () => {
			window.focus()
			notice.close()
		}
	}
}

export function stopRinging() {
	clearInterval(toneTimer)
	if (titleTimer) {
		clearInterval(titleTimer)
		titleTimer = 0
		document.title = title
	}
}
