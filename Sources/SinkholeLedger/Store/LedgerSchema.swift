import GRDB

/// The tables, and how a file of an earlier version becomes one of this.
///
/// The audit is only added to: triggers refuse every change of a row, and every deletion but what retention has announced in
/// `trim` before. They stop mistakes and other programs, not somebody who owns the file: for that each row has a hash over
/// itself and the one before.
enum LedgerSchema {
  /// `PRAGMA user_version` of a file of this version.
  static let version = 1

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: first)
      try db.execute(sql: "PRAGMA user_version = 1")
    }
    return migrator
  }

  private static let first = """
    CREATE TABLE authorisation (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      state TEXT NOT NULL
        CHECK (state IN ('requested', 'approved', 'active', 'ended', 'denied', 'revoked', 'lapsed')),
      services TEXT NOT NULL,
      scope TEXT NOT NULL CHECK (scope IN ('client', 'prefix', 'group')),
      whom TEXT NOT NULL,
      starts INTEGER,
      ends INTEGER,
      seconds INTEGER NOT NULL,
      reason TEXT NOT NULL,
      asked_by TEXT NOT NULL,
      client TEXT,
      reference TEXT,
      asked INTEGER NOT NULL,
      approvals TEXT NOT NULL,
      decided INTEGER,
      note TEXT
    ) STRICT;
    CREATE INDEX authorisation_state ON authorisation (state);

    CREATE TABLE acknowledgement (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      client TEXT NOT NULL,
      service TEXT NOT NULL,
      rule TEXT NOT NULL,
      name TEXT,
      reference TEXT,
      given INTEGER NOT NULL,
      ends INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX acknowledgement_ends ON acknowledgement (ends);

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      who TEXT NOT NULL,
      what TEXT NOT NULL,
      subject TEXT NOT NULL,
      before TEXT NOT NULL,
      after TEXT NOT NULL,
      reference TEXT NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;

    CREATE TABLE trim (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      through INTEGER NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
    INSERT INTO trim VALUES (1, 0, printf('%064d', 0));

    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN OLD.number > (SELECT through FROM trim)
      BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
    CREATE TRIGGER trim_goes_on BEFORE UPDATE ON trim WHEN NEW.through < OLD.through
      BEGIN SELECT RAISE(ABORT, 'retention does not go back'); END;
    CREATE TRIGGER trim_stays BEFORE DELETE ON trim
      BEGIN SELECT RAISE(ABORT, 'retention does not go back'); END;
    """
}
