export default {
	new: '新建语音', empty: '客户听到的每一段语音都在这里。', name: '名称', nameHint: '语音流程用它来指定语音，例如 greeting', text: '文字', textZh: '中文文字', textEn: '英文文字', languages: '语言', language: { zh: '中文', en: '英文' }, version: '版本 {n}', noVersion: '这个语言还没有语音。', source: { upload: '上传', speech: '合成', clip: '内置录音' },
	synthesise: '合成的文字', speak: '合成语音', upload: '上传音频', uploadHint: 'WAV、FLAC、OGG、MP3 等，最大 20 MB。新版本立即用于之后的播放。', uploadProblem: { size: '文件超过 20 MB。', kind: '这不是音频文件。' },
}
