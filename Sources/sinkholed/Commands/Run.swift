import ArgumentParser
import Glibc
import Logging
import ServiceLifecycle
import Sinkhole
import SinkholeTransports
import SinkholeWeb

/// `sinkholed run`: the server, in the foreground.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM or SIGINT; SIGHUP reloads.")

  @OptionGroup var options: ConfigurationOption

  func run() async throws {
    try await failing {
      // A peer that has gone is an error of the write, never the end of the process.
      signal(SIGPIPE, SIG_IGN)
      OpenFiles.raiseLimit()
      LoggingSystem.bootstrap(StreamLogHandler.standardError)
      let logger = Logger(label: "sinkholed")

      // The policy stands before anything listens: a server that answered while its lists load would
      // let through what they restrict.
      let configuration = try options.read()
      let privacy = try ClientPrivacy(configuration)
      let builder = SnapshotBuilder(configuration, privacy: privacy)
      let snapshot = try builder.build(generation: 1)
      for warning in builder.warnings(snapshot) + state(configuration, snapshot) { logger.warning("\(warning)") }
      let server = try DNSServer(settings: configuration.server, snapshot: snapshot)
      // What is authorised is in force before anybody asks.
      let access = AccessService.start(configuration, server, logger: logger)
      let journal = JournalReader(server: server, configuration: configuration, privacy: privacy, logger: logger)
      let reloader = Reloader(
        file: options.config, running: configuration, server: server, journal: journal, logger: logger)

      let lists = try FetchedLists.refresher(configuration, reloader: reloader, logger: logger)
      await reloader.keep(lists)

      var services: [any Service] = [
        // Shut down from the last to the first: the journal hears what the last answers tell.
        journal, DNSService(server: server, logger: logger), HangUpService(reloader: reloader),
        ReviewReminder(server: server, logger: logger), SystemUpstreamsWatch(reloader: reloader),
        LimitReporter(server: server, privacy: privacy, logger: logger),
      ]
      if let lists { services.append(lists) }
      if let path = configuration.cacheFile {
        services.append(CacheKeeper(path, settings: configuration.server, cache: server.cache, logger: logger))
      }
      let restrictions = PolicyRestrictions(server: server)
      let keeper = try configuration.notice.https.map { _ in
        try CertificateKeeper(configuration, restrictions, logger: logger)
      }
      if let keeper {
        await reloader.follow { keeper.refresh($0, $1) }
        services.append(keeper)
      }
      if let access {
        services.append(access)
        if let webhook = access.webhook { services.append(webhook) }
      }
      if let path = configuration.control {
        let control = ControlServer(path: path, reloader: reloader, server: server, record: journal.counters, lists: lists,
          certificates: keeper?.certificates, access: access, logger: logger)
        try await control.prepare()
        services.append(control)
      }
      if let access, let path = configuration.accessSocket {
        services.append(try await AccessSocket(at: path, configuration, access, server, logger: logger))
      }
      let (desk, signer) = (access?.desk(server), FormSigner())
      if let notice = configuration.notice.http {
        try DNSServer.checkFree(notice, key: "notice.http")
        services.append(
          NoticePage.server(at: notice, configuration, restrictions: restrictions, desk: desk, signer: signer, logger: logger))
      }
      if let notice = configuration.notice.https, let keeper {
        try DNSServer.checkFree(notice, key: "notice.https")
        services.append(
          NoticePage.server(
            at: notice, configuration, restrictions: restrictions, desk: desk, signer: signer,
            certificates: keeper.certificates, logger: logger))
      }
      announce(server, configuration, snapshot)
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
          gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger)))
      try await group.run()
    }
  }

  /// Makes the state folder, and keeps there what `check` compares with. A server without one serves all the same.
  private func state(_ configuration: Configuration, _ snapshot: Snapshot) -> [String] {
    do throws(SystemError) {
      try FileContents.makeFolder(configuration.state)
      let warnings = ZoneSerials(keptIn: configuration.state).warnings(for: snapshot.policy)
      try ZoneSerials(snapshot.policy).keep(in: configuration.state)
      return warnings
    } catch {
      return ["state folder \(configuration.state) cannot be written to: \(error). Make it writable, or set state."]
    }
  }

  /// One line a listener, and the question to try first.
  private func announce(_ server: DNSServer, _ configuration: Configuration, _ snapshot: Snapshot) {
    let policy = snapshot.policy
    print(
      "sinkholed: \(policy.services.count) services, \(policy.index.nameCount) names, \(policy.zones.count) zone\(policy.zones.count == 1 ? "" : "s")"
    )
    for address in server.addresses { print("listening for DNS on \(address) (UDP and TCP)") }
    for line in snapshot.routing.lines { print("forwarding to \(line)") }
    if let address = server.addresses.first, let name = policy.exampleName(policy.activity(at: Instant.now().unixSeconds)) {
      let at = address.address.isUnspecified ? "127.0.0.1" : "\(address.address)"
      print("try: dig @\(at) -p \(address.port) \(name)")
    }
    fflush(nil)
  }

  /// The group's own lines say when services start and stop: of interest when something is wrong.
  private func quiet(_ logger: Logger) -> Logger {
    var quiet = logger
    quiet.logLevel = .error
    return quiet
  }
}
