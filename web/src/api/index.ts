// The door of the API layer.
export * from './client'
export * from './types'
export * from './events'
export * from './clock'
