// A customer whose number is known calls from a telephone: the card pops, a ticket is opened, its timeline has the call and its recording.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { accessible, ask, base, equal, finishWrapup, hears, launch, person, shot, signIn, story } from './browser.mjs'

const script = fileURLToPath(new URL('../support/caller.py', import.meta.url))

/** A telephone that calls the main number. */
function telephone(number) {
	const child = spawn('python3', [script, process.env.HOTLINE_SIP, number, '4001'], { stdio: ['pipe', 'pipe', 'inherit'] })
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
	return {
		say: (line) => child.stdin.write(line + '\n'),
		hears: async (word) => equal((await lines.next()).value, word, 'the telephone'),
		stop: () => child.kill(),
	}
}

const browser = await launch()
const agent = await person(browser)
const phone = telephone('13801780001')
let interaction, ticket

try {
	await story('the agent is ready', async () => {
		await signIn(agent, 'computer1')
		await agent.getByText('电话就绪').first().waitFor()
		await agent.getByRole('button', { name: '开始接听' }).click()
		await agent.getByText('空闲').first().waitFor()
	})
	await story("the known customer's card pops while it rings, without taking the focus", async () => {
		await phone.hears('up')
		phone.say('press 3')
		await agent.getByRole('button', { name: '接听', exact: true }).waitFor()
		await agent.getByText('王秀英').first().waitFor()
		interaction = (await ask(agent, 'GET', '/calls/mine')).json.items[0].interaction_id
		await shot(agent, 'pop-known')
	})
	await story('answered: card, open tickets first, last contacts, IVR path', async () => {
		await agent.getByRole('button', { name: '接听', exact: true }).click()
		await agent.getByText('通话中').first().waitFor()
		await hears(agent, 'the agent')
		const pop = (await ask(agent, 'GET', `/interactions/${interaction}/pop`)).json
		equal(pop.match, 'known', 'match')
		equal(pop.customers[0].name, '王秀英', 'customer')
		await accessible(agent, 'pop of a known customer')
		await shot(agent, 'known-talking')
	})
	await story('a ticket is opened during the call and linked to it', async () => {
		await agent.getByRole('textbox', { name: /主题/ }).fill('显示器没有图像 🖥')
		await agent.getByText('草稿已保存').first().waitFor()
		await agent.getByRole('button', { name: '提交工单' }).click()
		await agent.getByText(/^T\d{8}-/).first().waitFor()
		const row = (await ask(agent, 'GET', `/interactions/${interaction}`)).json
		equal(row.ticket_ids.length, 1, 'tickets of the call')
		ticket = (await ask(agent, 'GET', `/tickets/${row.ticket_ids[0]}`)).json
		equal(ticket.subject, '显示器没有图像 🖥', 'subject')
		equal(ticket.customer_name, '王秀英', 'customer of the ticket')
	})
	await story('the agent hangs up, chooses a disposition and is done', async () => {
		await agent.getByRole('button', { name: '挂断' }).click()
		await agent.getByText('话后整理').first().waitFor()
		await agent.getByRole('combobox', { name: /处理结果/ }).click()
		await agent.getByRole('option').first().click()
		await finishWrapup(agent)
		await agent.getByRole('button', { name: /空闲/ }).first().waitFor()
		const row = (await ask(agent, 'GET', `/interactions/${interaction}`)).json
		equal(row.hangup_by, 'agent', 'who hung up')
		if (!row.disposition || row.disposition === 'timeout') throw new Error(`the disposition was not kept: ${row.disposition}`)
	})
	await story("the ticket's timeline has the call to the second with its recording, playable with seek and speed", async () => {
		await agent.goto(`${base}/tickets/${ticket.id}`)
		await agent.getByText('显示器没有图像').first().waitFor()
		const audio = agent.locator('audio').first()
		await audio.waitFor({ state: 'attached' })
		const played = await audio.evaluate(async (element) => {
			element.muted = true
			await element.play()
			element.playbackRate = 2
			element.currentTime = 1
			await new Promise((done) => element.addEventListener('timeupdate', done, { once: true }))
			return { duration: element.duration, at: element.currentTime }
		})
		if (!(played.duration > 1) || played.at < 0.9) throw new Error(`not playable: ${JSON.stringify(played)}`)
		await accessible(agent, 'ticket')
		await shot(agent, 'ticket')
	})
	for (const locale of ['zh-CN', 'en']) {
		for (const colorScheme of ['light', 'dark']) {
			await story(`the pages are accessible: ${locale}, ${colorScheme}, at the desk and on a phone`, async () => {
				const other = await person(browser, { locale, colorScheme })
				await signIn(other, 'leader')
				await ask(other, 'PATCH', '/me', { language: locale })
				for (const [path, name] of [['/tickets', 'tickets'], ['/customers', 'customers'], ['/calls', 'calls'], ['/live', 'live']]) {
					for (const [width, height] of [[1366, 768], [390, 844]]) {
						await other.setViewportSize({ width, height })
						await other.goto(base + path)
						await other.getByRole('table').first().waitFor()
						await accessible(other, `${path} ${locale} ${colorScheme} ${width}`)
						await shot(other, `${name}-${locale}-${colorScheme}-${width}`)
					}
				}
				if (other.problems.length) throw new Error('errors in the page:\n' + other.problems.join('\n'))
				await other.context().close()
			})
		}
	}
	if (agent.problems.length) throw new Error('errors in the page:\n' + agent.problems.join('\n'))
} catch (error) {
	await shot(agent, 'failed-agent').catch(() => undefined)
	console.error(error)
	console.error('page:', agent.problems)
	process.exitCode = 1
} finally {
	phone.stop()
	await browser.close()
}
