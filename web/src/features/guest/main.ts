// The public page "call us": one large button, keypad, mute, hang up; phone first, without account, small.
import '@/shared/styles/tokens.css'
import './guest.css'
import { clock } from '@/shared/lib/format'
import { GuestCall, type State, type Trouble } from './call'
import zh from './locales/zh-CN'

interface System {
	company: string
	company_en: string
	guest_call: boolean
}

let text = zh
let english = !(localStorage.getItem('hotline.locale') ?? navigator.language).toLowerCase().startsWith('zh')
let system: System | null = null
let trouble: Trouble | null = null
const audio = document.createElement('audio')
audio.autoplay = true

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, parent: Element) {
	const node = document.createElement(tag)
	node.className = className
	parent.append(node)
	return node
}
function button(className: string, parent: Element, onClick: () => void) {
	const node = element('button', className, parent)
	node.type = 'button'
	node.addEventListener('click', onClick)
	return node
}

const main = document.getElementById('call')!
const top = element('header', 'top', main)
const company = element('h1', 'company', top)
const language = button('language', top, () => void switchLanguage())
const lead = element('p', 'lead', main)
const status = element('p', 'status', main)
status.setAttribute('role', 'status')
const timer = element('p', 'timer', main)
const dial = button('dial', main, () => void call.start())
const dialText = element('span', 'dial-text', dial)
const pad = element('div', 'pad', main)
pad.setAttribute('role', 'group')
for (const digit of '123456789*0#') button('key', pad, () => press(digit)).textContent = digit
const row = element('div', 'row', main)
const mute = button('round mute', row, () => {
	call.toggleMute()
	draw()
})
const hangup = button('round hangup', row, () => call.hangup())
const pressed = element('p', 'pressed', main)
const note = element('p', 'note', main)

const call = new GuestCall(audio, (_state: State, problem) => {
	trouble = problem
	if (call.state === 'connecting') pressed.textContent = ''
	draw()
})

function press(digit: string) {
	call.key(digit)
	pressed.textContent = (pressed.textContent + digit).slice(-24)
}

async function switchLanguage() {
	english = !english
	localStorage.setItem('hotline.locale', english ? 'en' : 'zh-CN')
	await loadText()
	draw()
}

async function loadText() {
	text = english ? (await import('./locales/en')).default : zh
	document.documentElement.lang = english ? 'en' : 'zh-CN'
}

function draw() {
	const active = ['microphone', 'connecting', 'ringing', 'talking'].includes(call.state)
	const closed = system?.guest_call === false && !active
	main.dataset.state = call.state
	company.textContent = (english ? system?.company_en : system?.company) || system?.company || text.name
	document.title = `${text.title} · ${company.textContent}`
	language.textContent = text.language
	language.lang = english ? 'zh-CN' : 'en'
	lead.textContent = text.lead
	lead.hidden = active
	status.textContent = closed ? text.problem.off : trouble ? text.problem[trouble] : text.state[call.state]
	status.classList.toggle('trouble', Boolean(trouble) || closed)
	dialText.textContent = call.state === 'ended' ? text.again : text.call
	dial.hidden = active
	dial.disabled = closed
	row.hidden = !active
	pad.hidden = call.state !== 'talking'
	pad.setAttribute('aria-label', text.keypad)
	mute.hidden = call.state !== 'talking'
	mute.textContent = call.muted ? text.unmute : text.mute
	mute.setAttribute('aria-pressed', String(call.muted))
	hangup.textContent = text.hangup
	timer.hidden = call.state !== 'talking'
	pressed.hidden = call.state !== 'talking'
	note.textContent = text.note
	note.hidden = active
	showTime()
}

function showTime() {
	if (call.state === 'talking') timer.textContent = clock(Date.now() - call.since)
}

setInterval(showTime, 500)
window.addEventListener('keydown', (event) => {
	if (call.state === 'talking' && /^[\d*#]$/.test(event.key)) press(event.key)
})
window.addEventListener('beforeunload', (event) => {
	if (call.state === 'talking') event.preventDefault()
})

const dark = matchMedia('(prefers-color-scheme: dark)')
const applyDark = () => document.documentElement.classList.toggle('dark', dark.matches)
dark.addEventListener('change', applyDark)
applyDark()
void loadText().then(draw)
fetch('/api/v1/system', { credentials: 'omit' })
	.then((response) => response.json())
	.then((answer: System) => {
		system = answer
		draw()
	})
	.catch(() => draw())
