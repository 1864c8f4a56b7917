// A customer calls from the web page, an agent answers in the browser: the story from sign-in to recording.
import { accessible, ask, base, equal, finishWrapup, hears, launch, person, shot, signIn, story } from './browser.mjs'

const browser = await launch()
const agent = await person(browser)
const customer = await person(browser, { width: 390, height: 844 })
let call

try {
	await story('the agent signs in and the browser phone registers by itself', async () => {
		await signIn(agent, 'computer1')
		await agent.getByText('电话就绪').first().waitFor()
		await accessible(agent, 'desk')
		await shot(agent, 'desk')
	})
	await story('the agent goes ready', async () => {
		await agent.getByRole('button', { name: '开始接听' }).click()
		await agent.getByText('空闲').first().waitFor()
		equal((await ask(agent, 'GET', '/agent/me')).json.state, 'ready', 'state')
	})
	await story('the customer calls without an account and hears the greeting', async () => {
		await customer.goto(base + '/call')
		await accessible(customer, 'call us')
		await shot(customer, 'call-us')
		await customer.getByRole('button', { name: '呼叫', exact: true }).click()
		await customer.getByText('通话中').first().waitFor()
		await hears(customer, 'the customer')
	})
	await story('key 3 makes the agent ring within a second', async () => {
		const key = customer.getByRole('button', { name: /^3/ })
		if (!(await key.isVisible())) await customer.getByRole('button', { name: '拨号键盘' }).click()
		await key.click()
		const pressed = Date.now()
		await agent.getByRole('button', { name: '接听', exact: true }).waitFor()
		console.log(`# the page rang ${Date.now() - pressed} ms after the key was clicked`)
		await shot(agent, 'offer')
		await accessible(agent, 'offer')
	})
	await story('the agent answers and both hear each other', async () => {
		await agent.getByRole('button', { name: '接听', exact: true }).click()
		await agent.getByText('通话中').first().waitFor()
		await Promise.all([hears(agent, 'the agent'), hears(customer, 'the customer')])
		call = (await ask(agent, 'GET', '/calls/mine')).json.items[0]
		equal(call.state, 'talking', 'state of the call')
		equal(call.recording, true, 'recording')
		await shot(agent, 'talk')
		await accessible(agent, 'call in progress')
	})
	await story('hold gives the customer music and the agent silence, and back', async () => {
		await agent.getByRole('button', { name: '保持' }).click()
		await agent.getByText('保持中').first().waitFor()
		await hears(customer, 'the customer on hold', 0.0001)
		await agent.getByRole('button', { name: '取回' }).click()
		await hears(agent, 'the agent after hold')
	})
	await story('mute and keypad', async () => {
		await agent.getByRole('button', { name: '静音', exact: true }).click()
		await agent.getByRole('button', { name: '取消静音' }).click()
		equal((await ask(agent, 'POST', `/calls/${call.id}/keypad`, { digits: '1' })).status, 200, 'keypad')
	})
	await story('a second tab does not take the call away', async () => {
		const tab = await agent.context().newPage()
		await tab.goto(base + '/')
		await tab.getByText('通话中').first().waitFor()
		await shot(tab, 'second-tab')
		await hears(agent, 'the agent with a second tab')
		await tab.close()
	})
	await story('a reload in mid-call keeps the call: the page re-attaches, the customer hears a tone', async () => {
		agent.on('dialog', (dialog) => void dialog.accept().catch(() => undefined))
		await agent.reload()
		await hears(customer, 'the customer during the reload', 0.0001)
		await agent.getByText('通话中').first().waitFor({ timeout: 30000 })
		await Promise.all([hears(agent, 'the agent after the reload'), hears(customer, 'the customer after the reload')])
		equal((await ask(agent, 'GET', '/calls/mine')).json.items[0].id, call.id, 'the same call')
		await shot(agent, 'reattached')
	})
	await story('the customer hangs up; after-call work has a timer and a disposition', async () => {
		await customer.getByRole('button', { name: '挂断' }).click()
		await agent.getByText('话后整理').first().waitFor()
		await shot(agent, 'wrapup')
		await accessible(agent, 'after-call work')
		equal((await ask(agent, 'GET', '/agent/me')).json.state, 'wrap_up', 'state')
		await finishWrapup(agent)
		await agent.getByRole('button', { name: /空闲/ }).first().waitFor()
	})
	await story('the call is in the log to the second, with a stereo recording; other departments are refused', async () => {
		const row = (await ask(agent, 'GET', `/interactions/${call.interaction_id}`)).json
		equal(row.outcome, 'answered', 'outcome')
		equal(row.hangup_by, 'caller', 'who hung up')
		const kinds = row.steps.map((step) => step.kind)
		for (const kind of ['arrived', 'ivr', 'queued', 'offered', 'answered', 'held', 'resumed', 'muted', 'unmuted', 'lost', 'reattached', 'hangup', 'ended'])
			if (!kinds.includes(kind)) throw new Error(`step ${kind} is missing: ${kinds}`)
		const left = row.ivr.find((node) => node.type === 'menu').time
		const rang = row.steps.find((step) => step.kind === 'offered').time
		if (rang - left > 1000) throw new Error(`it rang ${rang - left} ms after the key`)
		const audio = `/recordings/${row.recordings[0].id}/audio`
		const reply = await ask(agent, 'GET', audio)
		equal(reply.status, 200, 'own recording')
		equal(reply.type, 'audio/wav', 'type of the recording')
		const other = await person(browser)
		await signIn(other, 'sales1')
		equal((await ask(other, 'GET', audio)).status, 404, "another department's recording")
		equal((await ask(other, 'GET', `/interactions/${row.id}`)).status, 404, "another department's call")
	})
	const problems = [...agent.problems, ...customer.problems]
	if (problems.length) throw new Error('errors in the pages:\n' + problems.join('\n'))
} catch (error) {
	await shot(agent, 'failed-agent').catch(() => undefined)
	await shot(customer, 'failed-customer').catch(() => undefined)
	console.error(error)
	console.error('agent page:', agent.problems, 'customer page:', customer.problems)
	process.exitCode = 1
} finally {
	await browser.close()
}
