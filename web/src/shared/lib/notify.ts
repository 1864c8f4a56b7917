// Short notices at the top: done, failed, and the undo bar.
import { ElMessage } from 'element-plus'
import { useErrorText } from './text'

export function useNotify() {
	const errorText = useErrorText()
	return {
		done: (text: string) => void ElMessage({ message: text, type: 'success', duration: 2500, grouping: true }),
		warn: (text: string) => void ElMessage({ message: text, type: 'warning', duration: 6000, grouping: true }),
		failed: (error: unknown) =>
			void ElMessage({ message: errorText(error), type: 'error', duration: 6000, showClose: true, grouping: true }),
	}
}
