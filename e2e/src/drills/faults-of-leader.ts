// Faults of a cluster of Patroni that leader watches look at. It runs beside the platform, from the first of them on.
import type { AlertFault } from './fault-parts.ts'

export const faultsOfLeader: AlertFault[] = [
  {
    name: 'no leader watch runs',
    isFromStart: true,
    alerts: ['BahiLeaderWatchDown'],
    begin: (scene) => Promise.resolve(() => scene.patroni()),
  },
  {
    name: 'one of two standbys is lost',
    alerts: ['BahiStandbyLost'],
    async begin(scene) {
      const { back } = await (await scene.patroni()).stopStandbys(1)
      return back
    },
  },
  {
    name: 'all standbys are lost, and no commit is acknowledged',
    alerts: ['BahiNoSynchronousStandby'],
    async begin(scene) {
      const { back } = await (await scene.patroni()).stopStandbys(2)
      return back
    },
  },
  {
    name: 'PostgreSQL of the leader is killed, and a standby leads',
    alerts: ['BahiLeaderChanged'],
    async begin(scene) {
      const patroni = await scene.patroni()
      await patroni.killLeader()
      return () => Promise.resolve()
    },
  },
  {
    name: 'all nodes freeze, and no leader answers',
    alerts: ['BahiLeaderSilent'],
    async begin(scene) {
      const thaw = (await scene.patroni()).freeze('all nodes')
      return () => Promise.resolve(thaw())
    },
  },
  {
    name: 'most members of etcd freeze, and it does not answer leader watches',
    alerts: ['BahiEtcdDown'],
    async begin(scene) {
      const thaw = (await scene.patroni()).freeze('most of etcd')
      return () => Promise.resolve(thaw())
    },
  },
]
