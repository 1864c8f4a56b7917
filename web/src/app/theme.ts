// Light, dark, or as the system says; remembered before sign-in, then the user's own.
import { ref } from 'vue'
import type { Theme } from '@/features/auth'

const system = matchMedia('(prefers-color-scheme: dark)')
export const theme = ref<Theme>(valid(localStorage.getItem('hotline.theme')))
export const dark = ref(false)

function valid(value: string | null | undefined): Theme {
	return value === 'light' || value === 'dark' ? value : 'system'
}

function apply() {
	dark.value = theme.value === 'dark' || (theme.value === 'system' && system.matches)
	document.documentElement.classList.toggle('dark', dark.value)
}

export function setTheme(value: string | null | undefined) {
	theme.value = valid(value)
	localStorage.setItem('hotline.theme', theme.value)
	apply()
}

system.addEventListener('change', apply)
apply()
