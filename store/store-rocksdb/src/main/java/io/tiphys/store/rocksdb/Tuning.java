package io.tiphys.store.rocksdb;

import io.tiphys.base.Lifecycle;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WALRecoveryMode;

/** RocksDB's settings for a small database beside everything else in one small process. */
final class Tuning implements Lifecycle {
  /**
   * A memory table. Two of them (one filling, one being written out) and the cache are the store's
   * native memory, of a budget of 30 MB; smaller ones would be written out more often.
   */
  static final long MEMTABLE_BYTES = 8L << 20;

  private static final int MEMTABLES = 2;

  /** Blocks, indexes and filters read from files. Hot objects are cached above the store. */
  private static final long BLOCK_CACHE_BYTES = 8L << 20;

  /** Indexes lie in the cache above, so an open file costs a descriptor and few kilobytes. */
  private static final int OPEN_FILES = 128;

  /** One thread that writes memory tables out and one that merges files. */
  private static final int BACKGROUND_JOBS = 2;

  /** RocksDB's own log: enough to understand a failure, two files of it. */
  private static final long INFO_LOG_BYTES = 1L << 20;

  private static final int INFO_LOGS = 2;

  private final Cache cache = new LRUCache(BLOCK_CACHE_BYTES, 0);
  private final Options options = new Options();

  Tuning() {
    options
        .setCreateIfMissing(true)
        .setWriteBufferSize(MEMTABLE_BYTES)
        .setMaxWriteBufferNumber(MEMTABLES)
        .setMaxOpenFiles(OPEN_FILES)
        .setMaxBackgroundJobs(BACKGROUND_JOBS)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(
            new BlockBasedTableConfig().setBlockCache(cache).setCacheIndexAndFilterBlocks(true));
    // A write that was cut off, or never synced, ends the log; what was acknowledged lies before.
    options.setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
    // After an error we open the database anew and read back what is true, see Database.
    options.setMaxBgErrorResumeCount(0);
    options
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(INFO_LOG_BYTES)
        .setKeepLogFileNum(INFO_LOGS)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setSkipStatsUpdateOnDbOpen(true);
  }

  Options options() {
    return options;
  }

  @Override
  public void close() {
    options.close();
    cache.close();
  }
}
