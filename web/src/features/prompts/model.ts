// Versions of a prompt per language.
import type { Prompt, PromptVersion } from '@/api'

export const maxUpload = 20 * 1024 * 1024

export function latest(prompt: Pick<Prompt, 'versions'>, language: string): PromptVersion | undefined {
	return prompt.versions.filter((row) => row.language.startsWith(language)).sort((a, b) => b.version - a.version)[0]
}

export function uploadProblem(file: { size: number; type: string; name: string }): 'size' | 'kind' | null {
	if (file.size > maxUpload) return 'size'
	return file.type.startsWith('audio/') || /\.(wav|flac|ogg|opus|aiff?|au|mp3)$/i.test(file.name) ? null : 'kind'
}
