// Chromium as people use it: signed-in agents and a guest, with a look at their WebRTC connections.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const web = createRequire(fileURLToPath(new URL('../../web/package.json', import.meta.url)))
const { chromium } = web('@playwright/test')
const axeSource = readFileSync(web.resolve('axe-core/axe.min.js'), 'utf8')

export const base = process.env.HOTLINE_URL
export const shots = process.env.HOTLINE_SHOTS

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
	'--autoplay-policy=no-user-gesture-required']

export async function launch() {
	return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })
}

/** A browser window of its own: cookies and storage are nobody else's. */
export async function person(browser, { width = 1366, height = 768, locale = 'zh-CN', colorScheme = 'light' } = {}) {
	const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme })
	await context.addInitScript(() => {
		const Real = window.RTCPeerConnection
		window.connections = []
		window.RTCPeerConnection = class extends Real {
			constructor(...args) {
				super(...args)
				window.connections.push(this)
			}
		}
	})
	const page = await context.newPage()
	page.problems = []
	page.on('pageerror', (error) => page.problems.push(error.stack ?? error.message))
	page.on('console', (message) => {
		if (message.type() === 'error' && !/status of 40[134]/.test(message.text())) page.problems.push(message.text())
	})
	return page
}

export async function signIn(page, account) {
	await page.goto(base + '/')
	await page.getByRole('textbox').first().fill(account)
	await page.locator('input[type=password]').fill('demo-' + account)
	await page.keyboard.press('Enter')
	await page.getByRole('navigation').first().waitFor()
}

/** What has been heard so far: the sum of the audio energy of all incoming tracks. */
export async function heard(page) {
	return page.evaluate(async () => {
		let energy = 0, packets = 0
		for (const connection of window.connections) {
			for (const report of (await connection.getStats()).values()) {
				if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue
				energy += report.totalAudioEnergy ?? 0
				packets += report.packetsReceived ?? 0
			}
		}
		return { energy, packets }
	})
}

/** Waits until more is heard than before: `least` of energy within `seconds`. */
export async function hears(page, who, least = 0.001, seconds = 15) {
	const before = await heard(page)
	const end = Date.now() + seconds * 1000
	for (;;) {
		const now = await heard(page)
		if (now.energy - before.energy >= least) return now.energy - before.energy
		if (Date.now() > end) throw new Error(`${who} hears nothing: ${JSON.stringify(before)} -> ${JSON.stringify(now)}`)
		await page.evaluate(() => new Promise(requestAnimationFrame))
	}
}

/** After-call work ends by its button, which takes no click in its first second (a double click on "hang up" must not end it). */
export async function finishWrapup(page) {
	const done = page.getByRole('button', { name: '完成整理' })
	while (await done.isVisible()) {
		await done.click({ timeout: 2000 }).catch(() => undefined)
		await page.waitForFunction(() => !document.querySelector('form.wrapup'), null, { timeout: 500 }).catch(() => undefined)
	}
}

/** Asks the API as this person does. */
export async function ask(page, method, path, body) {
	return page.evaluate(async ([m, p, b]) => {
		const session = await (await fetch('/api/v1/session')).json()
		const reply = await fetch('/api/v1' + p, { method: m, body: b ? JSON.stringify(b) : undefined,
			headers: { ...(b ? { 'content-type': 'application/json' } : {}), 'x-csrf-token': session.csrf ?? '' } })
		const text = await reply.text()
		let json = null
		try { json = JSON.parse(text) } catch { /* not JSON */ }
		return { status: reply.status, json, type: reply.headers.get('content-type') }
	}, [method, path, body])
}

/** WCAG 2.1 A and AA by axe; names every violation. */
export async function accessible(page, where) {
	await page.evaluate(axeSource)
	const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
	if (found.violations.length) {
		throw new Error(`${where} is not accessible:\n` + found.violations.map((v) =>
			`${v.id}: ${v.help}\n  ${v.nodes.map((n) => n.target.join(' ')).slice(0, 5).join('\n  ')}`).join('\n'))
	}
}

export async function shot(page, name) {
	if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
}

let step = 0
/** A step of the story: named when it begins, so a failure tells where. */
export async function story(name, fn) {
	const began = Date.now()
	try {
		const value = await fn()
		console.log(`ok ${++step} - ${name} (${Date.now() - began} ms)`)
		return value
	} catch (error) {
		console.log(`not ok ${++step} - ${name}`)
		throw error
	}
}

export function equal(actual, expected, what) {
	if (actual !== expected) throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
}
