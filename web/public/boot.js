// Before the first paint: the theme, and the outline of the frame for whoever was signed in. Classic and tiny, so it blocks for nothing.
;(function () {
	var root = document.documentElement
	var theme = localStorage.getItem('hotline.theme')
	root.classList.toggle('dark', theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches))
	if (localStorage.getItem('hotline.signedIn')) root.dataset.boot = 'frame'
})()
