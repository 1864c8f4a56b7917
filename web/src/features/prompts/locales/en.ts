import type zh from './zh-CN'

const en: typeof zh = {
	new: 'New prompt', empty: 'Everything callers hear is listed here.', name: 'Name', nameHint: 'Voice flows name the prompt by it, for example greeting', text: 'Words', textZh: 'Chinese words', textEn: 'English words', languages: 'Language', language: { zh: 'Chinese', en: 'English' }, version: 'Version {n}', noVersion: 'No audio in this language yet.', source: { upload: 'Uploaded', speech: 'Synthesised', clip: 'Built-in clip' },
	synthesise: 'Words to speak', speak: 'Synthesise', upload: 'Upload audio', uploadHint: 'WAV, FLAC, OGG, MP3 and the like, up to 20 MB. A new version is used from the next playing on.', uploadProblem: { size: 'The file is larger than 20 MB.', kind: 'This is not an audio file.' },
}
export default en
