// Lint rules; the import fences repeat the tree: shared < api consumers < features (through index.ts) < app.
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const heavy = { name: 'jssip', message: 'load it with import() behind its feature', allowTypeImports: true }
const fence = (...groups) => ({
	'no-restricted-imports': 'off',
	'@typescript-eslint/no-restricted-imports': ['error', { paths: [heavy], patterns: groups }],
})
const deep = {
	group: ['@/features/*/*', '!@/features/*/index', '../../*', '!../../locales/*'],
	message: 'a feature is entered through its index.ts only',
}

export default ts.config(
	{ ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
	...ts.configs.recommended,
	...vue.configs['flat/recommended'],
	{
		files: ['**/*.{ts,vue}'],
		languageOptions: {
			parserOptions: { parser: ts.parser, extraFileExtensions: ['.vue'] },
		},
		rules: {
			'no-undef': 'off',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
			'vue/html-indent': ['error', 'tab'],
			'vue/max-attributes-per-line': 'off',
			'vue/singleline-html-element-content-newline': 'off',
			'vue/html-self-closing': ['error', { html: { void: 'always', normal: 'always', component: 'always' } }],
			'vue/multi-word-component-names': 'off',
			'vue/require-default-prop': 'off',
			'vue/html-closing-bracket-newline': 'off',
			'vue/no-v-html': 'error',
			'vue/no-bare-strings-in-template': ['error', { allowlist: ['·', '—', '/', ':', '×', '+', '(', ')', ',', '%', '→', '–', '#', '*'] }],
			'max-lines': ['error', { max: 400, skipBlankLines: true }],
		},
	},
	{ files: ['src/api/types.ts'], rules: { 'max-lines': 'off' } },
	{ files: ['scripts/**', '*.config.js'], languageOptions: { globals: { process: 'readonly', console: 'readonly' } } },
	{
		files: ['src/shared/**'],
		rules: fence({ group: ['@/features/**', '@/app/**'], message: 'shared knows no feature' }),
	},
	{
		files: ['src/api/**'],
		rules: fence({ group: ['@/features/**', '@/app/**', '@/shared/**'], message: 'api knows nobody above it' }),
	},
	{
		files: ['src/features/**'],
		rules: fence(deep, { group: ['@/app/**'], message: 'a feature does not know the frame' }),
	},
	{
		files: ['src/app/**'],
		rules: fence({ ...deep, group: ['@/features/*/*', '!@/features/*/routes', '!@/features/*/locales/*'] }),
	},
)
