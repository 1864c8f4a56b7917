// Fails when a page would load more than promised: shell + Vue + CSS 200 kB, each page chunk 180 kB, "call us" 80 kB (brotli).
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const dist = process.argv[2] ?? new URL('../dist', import.meta.url).pathname
const size = (file) => statSync(join(dist, `${file}.br`)).size
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
let failed = false

/** What the browser fetches before the first paint of an entry: the tags of its HTML. */
function entry(html) {
	const text = readFileSync(join(dist, html), 'utf8')
	return [...text.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1])
}

/** A chunk by the name of its module, with all it imports statically and its styles. */
function chunk(name) {
	const files = readdirSync(join(dist, 'assets'))
	const found = new Set()
	const follow = (file) => {
		if (found.has(`assets/${file}`)) return
		found.add(`assets/${file}`)
		const text = readFileSync(join(dist, 'assets', file), 'utf8')
		for (const match of text.matchAll(/(?:import|from)"\.\/([^"]+\.js)"/g)) follow(match[1])
	}
	files.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.js')).forEach(follow)
	const stems = [...found].map((file) => file.slice('assets/'.length).replace(/-[^-]+\.js$/, '-'))
	files.filter((file) => file.endsWith('.css') && stems.some((stem) => file.startsWith(stem))).forEach((file) => found.add(`assets/${file}`))
	return [...found]
}

function check(name, files, limit) {
	const total = files.reduce((sum, file) => sum + size(file), 0)
	const bad = total > limit
	failed ||= bad
	console.log(`${bad ? 'OVER ' : 'ok   '} ${name}: ${kb(total)} of ${kb(limit)}`)
}

if (!existsSync(join(dist, 'index.html.br'))) {
	console.error('web/dist is not built: run tools/build-web')
	process.exit(1)
}
const shell = [...new Set([...entry('index.html'), ...chunk('Shell')])]
check('desk: shell + Vue + CSS', shell, 200_000)
check('call us', [...new Set([...entry('call.html'), ...chunk('jssip')])], 80_000)
for (const file of readdirSync(join(dist, 'assets')).filter((name) => /\.(js|css)$/.test(name)))
	if (!shell.includes(`assets/${file}`) && size(`assets/${file}`) > 180_000) check(file, [`assets/${file}`], 180_000)
process.exit(failed ? 1 : 0)
