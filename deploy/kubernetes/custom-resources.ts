// What the chart uses of the resources of CloudNativePG and of RabbitMQ's operator, which have no types of their own.

type Metadata = { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
type Resources = { requests: Record<string, string | number>; limits: Record<string, string | number> }
type Spread = {
  maxSkew: number
  topologyKey: string
  whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  labelSelector: { matchLabels: Record<string, string> }
}
type Named = { name: string }
type Owned = { database: string; owner: string; secret: Named }
type BackupParameters = { barmanObjectName: string; serverName: string }
type Volume = { size: string; storageClass?: string }

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#cluster */
export type ICluster = {
  apiVersion: 'postgresql.cnpg.io/v1'
  kind: 'Cluster'
  metadata: Metadata
  spec: Lasting | Restored
}

type OfAnyCluster = {
  instances: number
  imageName: string
  enablePDB: boolean
  externalClusters?: { name: string; plugin: { name: string; parameters: BackupParameters } }[]
  storage: Volume
  walStorage: Volume
  resources: Resources
}

type Lasting = OfAnyCluster & {
  primaryUpdateStrategy: 'unsupervised' | 'supervised'
  primaryUpdateMethod: 'switchover' | 'restart'
  failoverDelay: number
  switchoverDelay: number
  stopDelay: number
  smartShutdownTimeout: number
  plugins?: { name: string; isWALArchiver: boolean; parameters: BackupParameters }[]
  bootstrap:
    | { initdb: Owned & { encoding: string; dataChecksums: boolean } }
    | { recovery: Owned & { source: string; recoveryTarget?: { targetTime: string } } }
  managed: {
    roles: {
      name: string
      ensure: 'present' | 'absent'
      login: boolean
      createrole: boolean
      inRoles: string[]
      passwordSecret: Named
    }[]
  }
  postgresql: {
    synchronous: {
      method: 'any' | 'first'
      number: number
      dataDurability: 'required' | 'preferred'
      failoverQuorum: boolean
    }
    parameters: Record<string, string>
  }
  certificates: { serverAltDNSNames: string[] }
  affinity: {
    enablePodAntiAffinity: boolean
    topologyKey: string
    podAntiAffinityType: 'preferred' | 'required'
  }
}

/** For the time of a verification: without secret, the operator makes the owner's password. */
type Restored = OfAnyCluster & {
  bootstrap: { recovery: Omit<Owned, 'secret'> & { source: string } }
  postgresql: { parameters: Record<string, string> }
}

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#pooler */
export type IPooler = {
  apiVersion: 'postgresql.cnpg.io/v1'
  kind: 'Pooler'
  metadata: Metadata
  spec: {
    cluster: Named
    instances: number
    type: 'rw' | 'ro'
    pgbouncer: { poolMode: 'session' | 'transaction'; parameters: Record<string, string> }
    template: {
      metadata: Record<string, never>
      spec: { containers: never[]; topologySpreadConstraints: Spread[] }
    }
  }
}

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#scheduledbackup */
export type IScheduledBackup = {
  apiVersion: 'postgresql.cnpg.io/v1'
  kind: 'ScheduledBackup'
  metadata: Metadata
  spec: {
    schedule: string
    immediate: boolean
    backupOwnerReference: 'none' | 'self' | 'cluster'
    cluster: Named
    method: 'plugin'
    target: 'primary' | 'prefer-standby'
    pluginConfiguration: Named
  }
}

type Key = { name: string; key: string }
type Stored = { compression: 'gzip' | 'bzip2' | 'snappy'; encryption?: 'AES256' | 'aws:kms' }

/** https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1 */
export type IObjectStore = {
  apiVersion: 'barmancloud.cnpg.io/v1'
  kind: 'ObjectStore'
  metadata: Metadata
  spec: {
    retentionPolicy: string
    configuration: {
      destinationPath: string
      endpointURL?: string
      s3Credentials: { accessKeyId: Key; secretAccessKey: Key } | { inheritFromIAMRole: true }
      wal: Stored & { maxParallel: number }
      data: Stored & { jobs: number }
    }
  }
}

/** https://www.rabbitmq.com/kubernetes/operator/using-operator */
export type IRabbitmqCluster = {
  apiVersion: 'rabbitmq.com/v1beta1'
  kind: 'RabbitmqCluster'
  metadata: Metadata
  spec: {
    replicas: number
    image: string
    secretBackend: { externalSecret: Named }
    rabbitmq: { additionalConfig: string }
    tls?: { secretName: string; caSecretName: string; disableNonTLSListeners: boolean }
    persistence: { storage: string; storageClassName?: string }
    resources: Resources
    terminationGracePeriodSeconds: number
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          labelSelector: { matchLabels: Record<string, string> }
          topologyKey: string
        }[]
      }
    }
    override: {
      statefulSet: {
        spec: {
          template: {
            spec: {
              containers: {
                name: 'rabbitmq'
                volumeMounts: { name: string; mountPath: string; readOnly: boolean }[]
              }[]
              volumes: {
                name: string
                secret: { secretName: string; items: { key: string; path: string }[] }
              }[]
              topologySpreadConstraints: Spread[]
            }
          }
        }
      }
    }
  }
}
