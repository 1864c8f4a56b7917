// A flow as text: JSON that a person edits until the designer comes.

export interface TextProblem {
	line: number
	message: string
}

export function parseFlow(text: string): { flow: unknown; problem: null } | { flow: null; problem: TextProblem } {
	try {
		const flow: unknown = JSON.parse(text)
		if (!flow || typeof flow !== 'object' || Array.isArray(flow)) return { flow: null, problem: { line: 1, message: 'object' } }
		return { flow, problem: null }
	} catch (error) {
		return { flow: null, problem: { line: lineOf(text, error), message: error instanceof Error ? error.message : '' } }
	}
}

/** Engines name the place differently: "line 3", "position 42", or not at all. */
export function lineOf(text: string, error: unknown): number {
	const message = error instanceof Error ? error.message : ''
	const line = /line (\d+)/.exec(message)
	if (line) return Number(line[1])
	const position = /position (\d+)/.exec(message)
	return position ? text.slice(0, Number(position[1])).split('\n').length : text.split('\n').length
}

export const format = (flow: unknown) => `${JSON.stringify(flow, null, 2)}\n`

/** Where a node stands in the text, so that a finding can jump to it. */
export function positionOfNode(text: string, node: string | null): number {
	if (!node) return 0
	const quoted = JSON.stringify(node)
	for (const pattern of [new RegExp(`"id"\\s*:\\s*${escape(quoted)}`), new RegExp(`${escape(quoted)}\\s*:`), new RegExp(escape(quoted))]) {
		const found = pattern.exec(text)
		if (found) return found.index
	}
	return 0
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
