// Roles, groups and functions, each a short table.
import { useQuery } from '@tanstack/vue-query'
import type { Group, Permission, Role } from '@/api'
import { allRows } from '@/shared/lib/list'

export const useRoles = () => useQuery({ queryKey: ['roles'], queryFn: () => allRows<Role>('/roles') })
export const useGroups = () => useQuery({ queryKey: ['groups'], queryFn: () => allRows<Group>('/groups') })
export const usePermissions = () => useQuery({ queryKey: ['permissions'], queryFn: () => allRows<Permission>('/permissions'), staleTime: Infinity })
