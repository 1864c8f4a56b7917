// Keyboard: one listener for the window. Single keys never fire while something is typed or an input method composes.
import { onScopeDispose } from 'vue'

export interface Shortcut {
	/** "ctrl+k", "alt+a", "?", or a sequence "g d". */
	keys: string
	run: () => void
}

const shortcuts = new Set<Shortcut>()
let prefix = ''
let prefixTimer = 0

export function isTyping(element: Element | null = document.activeElement) {
	if (!(element instanceof HTMLElement)) return false
	return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)
}

/** "ctrl+k" of an event; the letter by its place on the keyboard, so that Alt does not change it. */
export function chord(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>) {
	const modified = event.ctrlKey || event.metaKey || event.altKey
	const letter = modified && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key.toLowerCase()
	return `${event.ctrlKey || event.metaKey ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${letter}`
}

function onKeydown(event: KeyboardEvent) {
	if (event.isComposing || event.defaultPrevented || event.repeat) return
	const pressed = chord(event)
	const modified = event.ctrlKey || event.metaKey || event.altKey
	if (!modified && (isTyping() || document.querySelector('.el-overlay [role="dialog"]'))) return
	const wanted = prefix ? `${prefix} ${pressed}` : pressed
	clearTimeout(prefixTimer)
	prefix = ''
	const hit = [...shortcuts].reverse().find((shortcut) => shortcut.keys === wanted)
	if (hit) {
		event.preventDefault()
		hit.run()
	} else if (!modified && [...shortcuts].some((shortcut) => shortcut.keys.startsWith(`${pressed} `))) {
		prefix = pressed
		prefixTimer = window.setTimeout(() => (prefix = ''), 1200)
	}
}

if (typeof window !== 'undefined') window.addEventListener('keydown', onKeydown)

export function useShortcuts(list: Shortcut[]) {
	list.forEach((shortcut) => shortcuts.add(shortcut))
	onScopeDispose(() => list.forEach((shortcut) => shortcuts.delete(shortcut)))
}
