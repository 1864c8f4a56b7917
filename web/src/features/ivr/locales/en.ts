import type zh from './zh-CN'

const en: typeof zh = {
	new: 'New flow', empty: 'Voice flows decide what callers hear and where their keys lead.', name: 'Name', key: 'Key', keyHint: 'Letters, digits and underscores', activeVersion: 'Active version', version: 'Version {n}', neverPublished: 'Never published', draft: 'Draft', unsaved: 'Unsaved changes', badLine: 'Not valid near line {line}', check: 'Check', saveDraft: 'Save draft', note: 'What is new', publish: 'Publish', published: 'Published: new calls use it at once', publishHint: 'New calls use the new version; calls in progress stay on theirs.', findings: 'Findings', noFindings: 'Nothing found', error: 'Error', warning: 'Hint',
	versions: 'Versions', noVersions: 'Not published yet.', state: { active: 'Active', finalizing: 'Finishing', inactive: 'Inactive' }, calls: '{n} calls on it', toDraft: 'Copy to draft', rollBack: 'Roll back', rollBackTo: 'Roll back to version {n}', rollBackText: 'New calls will use this version; calls in progress are not touched.', rolledBack: 'Rolled back to version {n}', switches: 'Switches', until: 'until {time}',
	number: 'Entry number', flow: 'Voice flow', remark: 'Remark', newNumber: 'New entry number', noNumbers: 'No entry numbers yet: here the number callers dial is tied to a flow.',
	finding: { target_missing: 'The target does not exist', unreachable: 'Nothing leads to this node', no_exit: 'An exit leads nowhere', prompt_missing: 'The prompt does not exist', no_english: 'No English audio', loop: 'May loop forever', unknown_type: 'Unknown kind of node', field_required: 'Something required is missing' },
}
export default en
