// Build of the two entries: the desk (index.html) and the public page "call us" (call.html).
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const server = process.env.HOTLINE_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
	plugins: [vue()],
	resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
	define: {
		__VUE_OPTIONS_API__: 'false',
		__VUE_PROD_DEVTOOLS__: 'false',
		__VUE_I18N_LEGACY_API__: 'false',
		__VUE_I18N_FULL_INSTALL__: 'false',
		__INTLIFY_PROD_DEVTOOLS__: 'false',
	},
	build: {
		target: 'es2022',
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		chunkSizeWarningLimit: 900,
		rolldownOptions: {
			input: { index: 'index.html', call: 'call.html' },
			output: {
				codeSplitting: {
					groups: [
						{
							name: 'vue',
							test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify|@tanstack)[\\/]/,
						},
						{ name: 'jssip', test: /node_modules[\\/](jssip|events|debug|ms|sdp-transform)[\\/]/ },
					],
				},
			},
		},
	},
	server: {
		proxy: {
			'/api': { target: server, ws: true },
			'/sip': { target: server, ws: true },
		},
	},
	test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
