export { makeBackup, readManifest, type Manifest } from './backup';
export { openCluster, type Cluster, type ClusterOptions } from './cluster';
export { locateInstallation, type Installation } from './installation';
export { keepRunning, TRIES } from './keep-running';
export { processBegan, processesUsing, type ProcessEntry } from './processes';
export { RECOVERY_SETTINGS, restoreBackup } from './restore';
export { SetupError, type Product } from './product';
export { readSecrets } from './secrets';
export { archiveWal, endArchive } from './wal-archive';
