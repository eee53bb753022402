// Panels of what RabbitMQ and Redis have left: the former as its own plugin says, the latter as the gateway asks it.
import type { Panel } from './panels.ts'

const ofNodes = (name: string) => `max by (instance) (rabbitmq_${name}{job="bahi-rabbitmq"})`

export const rabbitPanels: Panel[] = [
  {
    title: 'Memory of what it may use',
    unit: 'percentunit',
    queries: {
      '{{instance}}': `${ofNodes('process_resident_memory_bytes')} / ${ofNodes('resident_memory_limit_bytes')}`,
    },
    description: 'Beyond 80 % there is a ticket; beyond all of it an alarm, and no event is taken.',
  },
  {
    title: 'Disk that is free beyond what must be',
    unit: 'bytes',
    queries: {
      '{{instance}}': `${ofNodes('disk_space_available_bytes')} - ${ofNodes('disk_space_available_limit_bytes')}`,
    },
    description: 'Below 0 there is an alarm, and no event is taken.',
  },
  {
    title: 'Alarms',
    queries: {
      'memory of {{instance}}': ofNodes('alarms_memory_used_watermark'),
      'disk of {{instance}}': ofNodes('alarms_free_disk_space_watermark'),
    },
    description: '1 while it takes no event.',
  },
]

export const redisPanels: Panel[] = [
  {
    title: 'Memory of Redis',
    unit: 'bytes',
    queries: { used: 'max(bahi_cache_memory_bytes)', 'it may use': 'max(bahi_cache_memory_max_bytes)' },
    description: 'Beyond 80 % there is a ticket, beyond 95 % a page.',
  },
  {
    title: 'Keys that Redis dropped, connections that it refused',
    queries: {
      dropped: 'max(increase(bahi_cache_evicted_keys[$__rate_interval]))',
      refused: 'max(increase(bahi_cache_rejected_connections[$__rate_interval]))',
    },
    description:
      'Neither must happen: it has no limit on keys but its memory, and refuses writes when that is full.',
  },
]
