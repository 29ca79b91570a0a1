import Crypto

/// The one style of every page. It stands inline, so that a page is one response, and the policy
/// (Content-Security-Policy) admits it by its hash, so that nothing else in a page can style it.
struct Stylesheet: Sendable {
  /// The SHA-256 of the text in the form of CSP Level 3 section 2.3.1.
  let hash: String
  /// The text as markup: it is ours and holds neither `<` nor `&`.
  let html: HTML

  /// - Parameter accent: as in `Theme`.
  init(accent: UInt32) {
    let text = Self.colours(accent) + Self.rules
    html = HTML(stringLiteral: text)
    hash = "sha256-" + Base64.text(Array(SHA256.hash(data: Array(text.utf8))))
  }

  /// The colours of both schemes, from the accent.
  ///
  /// Whatever the accent is, contrast holds: 4.5:1 to white means a relative luminance of at most 0.183. Links are the
  /// accent with a seventh of black, on a tint that is white with a twentieth of the accent: 4.9:1 or more. In the dark
  /// scheme the accent has 60 % of white, a luminance of at least 0.31: 5:1 or more to the sheet and its tint, and to the
  /// dark text on a button. A test goes through the colours. Other text has 7:1 or more (WCAG 2.2, 1.4.6 AAA).
  private static func colours(_ accent: UInt32) -> String {
    """

    :root {
      color-scheme: light dark;
      --ground: #f3f5f8; --sheet: #fff; --ink: #17202e; --quiet: #434d5e;
      --line: #d6dce5; --field: #6b7686; --accent: \(mix(accent)); --link: \(mix(accent, with: 0, parts: 15));
      --tint: \(mix(accent, with: 0xFFFFFF, parts: 95)); --on-accent: #fff;
      --warning: #8a4b00; --warning-tint: #fff6e5; --warning-line: #e59a2f;
      --fault: #b3141d; --fault-tint: #fdf1f1; --good: #0b6b3a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #0e131a; --sheet: #171e28; --ink: #e8ecf2; --quiet: #b4becc;
        --line: #333f4e; --field: #8b97a8; --accent: \(mix(accent, with: 0xFFFFFF, parts: 60));
        --link: \(mix(accent, with: 0xFFFFFF, parts: 65)); --tint: #1e2734; --on-accent: #0e131a;
        --warning: #ffcf87; --warning-tint: #2b2415; --warning-line: #c98a2b;
        --fault: #ffb3b0; --fault-tint: #331c1e; --good: #7fd6a4;
      }
    }
    """
  }

  /// `colour` with so many hundredths of `other`, as `#rrggbb`.
  static func mix(_ colour: UInt32, with other: UInt32 = 0, parts: UInt32 = 0) -> String {
    let channels = [16, 8, 0].map { shift in
      ((colour >> shift & 255) * (100 - parts) + (other >> shift & 255) * parts) / 100
    }
    return "#" + Hexadecimal.text(channels.map { UInt8(truncatingIfNeeded: $0) })
  }

  // Lengths in rem follow the reader's own text size; `keep-all` breaks Korean between words. What is pressed is 44 px
  // high (WCAG 2.2, 2.5.8 asks for 24).
  private static let rules = """

    :root {
      --sans: system-ui, -apple-system, "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic",
        "Noto Sans KR", "Noto Sans CJK KR", Roboto, sans-serif;
      --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0; padding: 0 1rem 2.5rem; background: var(--ground); color: var(--ink);
      font: 1.0625rem/1.65 var(--sans); overflow-wrap: anywhere;
    }
    :lang(ko) { word-break: keep-all; }
    header, main, footer { max-width: 44rem; margin: 0 auto; }
    header p {
      display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .25rem 1.5rem;
      margin: 0; padding: 1.25rem 0 1rem; color: var(--quiet); font-size: .9375rem;
    }
    header b { display: flex; align-items: center; gap: .75rem; color: var(--ink); font-weight: 600; font-size: 1.0625rem; }
    .logo { display: block; height: 2.5rem; max-width: 12rem; object-fit: contain; }
    main {
      padding: 2.25rem 3rem 2.75rem; background: var(--sheet); border: 1px solid var(--line);
      border-top: .3125rem solid var(--accent); border-radius: .25rem; box-shadow: 0 1px 3px rgb(0 0 0 / 6%);
    }
    .heading { display: flex; gap: .875rem; align-items: flex-start; margin: 0 0 1.125rem; }
    h1 { margin: 0; font-size: 1.8125rem; line-height: 1.3; letter-spacing: -.012em; text-wrap: balance; }
    .icon {
      flex: none; width: 2.25rem; height: 2.25rem; margin-top: .0625rem; fill: none; stroke: var(--accent);
      stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round;
    }
    .icon.caution { stroke: var(--warning); }
    .icon.open { stroke: var(--good); }
    h2 { margin: 0 0 .5rem; font-size: 1.125rem; line-height: 1.4; }
    p { margin: 0 0 .75rem; text-wrap: pretty; }
    .lead { font-size: 1.1875rem; line-height: 1.6; }
    .small { margin: 1rem 0 0; color: var(--quiet); font-size: .9375rem; }
    section { margin-top: 2rem; padding-top: 1.75rem; border-top: 1px solid var(--line); }
    section.help { padding: 1.5rem 1.75rem 1.25rem; border: 0; border-left: .25rem solid var(--accent); background: var(--tint); }
    .help + section, .panel + section { margin-top: 2rem; padding-top: 0; border-top: 0; }
    dl { margin: .75rem 0 0; }
    dl > div { display: grid; grid-template-columns: 10rem 1fr; gap: 0 1.5rem; align-items: baseline; padding: .3125rem 0; }
    dt { color: var(--quiet); }
    dd { margin: 0; min-width: 0; }
    code { font-family: var(--mono); font-size: .9375em; }
    .reference { font-size: 1.25rem; font-weight: 600; letter-spacing: .06em; }
    a { color: var(--link); text-underline-offset: .15em; }
    a[href^="tel"] { white-space: nowrap; }
    :focus-visible { outline: .1875rem solid var(--link); outline-offset: .1875rem; border-radius: .125rem; }

    .panel { display: block; margin: 1.75rem 0 0; padding: 1.5rem 1.75rem; border: 1px solid var(--line); border-radius: .25rem; }
    .panel.warning { border-color: var(--warning-line); background: var(--warning-tint); }
    details.panel { padding: 0 1.75rem; }
    details.panel[open] { padding-bottom: 1.5rem; }
    summary {
      display: flex; align-items: center; gap: .75rem; min-height: 2.75rem; padding: .625rem 0; cursor: pointer;
      list-style: none;
    }
    summary::-webkit-details-marker { display: none; }
    summary::before {
      content: ""; flex: none; width: .5rem; height: .5rem; margin: 0 .125rem; border: solid var(--link);
      border-width: 0 .125rem .125rem 0; transform: rotate(-45deg);
    }
    details[open] > summary::before { transform: rotate(45deg); }
    summary h2 { margin: 0; color: var(--link); }
    summary:hover h2 { text-decoration: underline; text-underline-offset: .15em; }
    .points { margin: 0; padding: 0; list-style: none; counter-reset: point; }
    .points li { position: relative; padding: 0 0 .875rem 2.75rem; font-size: 1.125rem; counter-increment: point; }
    .points li::before {
      content: counter(point); position: absolute; left: 0; top: .0625rem; width: 1.75rem; height: 1.75rem;
      border: .125rem solid var(--warning); border-radius: 50%; color: var(--warning); font-size: 1rem; font-weight: 700;
      line-height: 1.5rem; text-align: center;
    }
    .panel .points { padding-bottom: .5rem; }

    .field { margin: 0 0 1.25rem; padding: 0; border: 0; }
    label, legend { display: block; padding: 0; font-weight: 600; }
    .hint { display: block; margin: 0 0 .375rem; color: var(--quiet); font-size: .9375rem; }
    .fault { display: block; margin: .25rem 0 .375rem; color: var(--fault); font-weight: 600; }
    input[type="text"], textarea {
      display: block; width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--field);
      border-radius: .1875rem; background: var(--sheet); color: inherit; font: inherit;
    }
    textarea { resize: vertical; }
    [aria-invalid] { border: .125rem solid var(--fault); }
    .choices { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .375rem; }
    .choices label {
      display: flex; align-items: center; gap: .5rem; min-height: 2.75rem; padding: .25rem 1rem .25rem .75rem;
      border: 1px solid var(--field); border-radius: .1875rem; font-weight: 400; cursor: pointer;
    }
    .choices label:has(:checked) { border-color: var(--accent); background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent); }
    input[type="radio"] { width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--accent); }
    button, .button {
      display: inline-block; min-height: 2.75rem; padding: .625rem 1.5rem; border: 1px solid var(--accent);
      border-radius: .1875rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
      line-height: 1.4; text-align: center; text-decoration: none; cursor: pointer;
    }
    .button { margin: .5rem 0; }
    button:hover, .button:hover { background: var(--link); border-color: var(--link); }
    .faults { margin: 0 0 1.5rem; padding: 1rem 1.25rem; border: .125rem solid var(--fault); background: var(--fault-tint); }
    .faults ul { margin: 0; padding-left: 1.25rem; }
    .faults a { color: var(--fault); }

    .address { padding: .75rem 1rem; background: var(--tint); font-family: var(--mono); font-size: .875rem; word-break: break-all; }
    .category { border-bottom: 1px solid var(--line); }
    .category:last-child { border-bottom: 0; }
    dl + .category { margin-top: 1rem; border-top: 1px solid var(--line); }
    .category summary { font-weight: 600; }
    .count { margin-left: auto; color: var(--quiet); font-weight: 400; font-size: .9375rem; white-space: nowrap; }
    .services { margin: 0; padding: 0 0 1rem 1.5rem; columns: 2; column-gap: 2rem; list-style: none; }
    .services li { padding: .1875rem 0; break-inside: avoid; line-height: 1.45; }
    .vendor { color: var(--quiet); font-size: .875rem; }
    .opened { display: block; color: var(--good); font-size: .875rem; font-weight: 600; }
    .category + p { margin-top: 1rem; }
    footer { padding: 1.25rem 0 0; color: var(--quiet); font-size: .9375rem; }

    @media (max-width: 40rem) {
      main { margin: 0 -1rem; padding: 1.75rem 1.25rem 2rem; border-left: 0; border-right: 0; border-radius: 0; }
      h1 { font-size: 1.5rem; }
      .icon { width: 1.875rem; height: 1.875rem; }
      .heading { gap: .75rem; }
      section.help { margin-left: -1.25rem; margin-right: -1.25rem; padding: 1.25rem 1.25rem 1rem 1rem; }
      dl > div { display: block; padding: .4375rem 0; }
      dt { font-size: .9375rem; line-height: 1.4; }
      .panel { padding: 1.25rem; }
      details.panel { padding: 0 1.25rem; }
      button, .button { width: 100%; }
      .services { columns: 1; }
    }
    @media print {
      :root {
        --ground: #fff; --sheet: #fff; --ink: #000; --quiet: #333; --line: #999; --accent: #000; --link: #000; --tint: #fff;
        --warning: #000; --warning-tint: #fff; --warning-line: #000; --good: #000;
      }
      html { font-size: 9pt; }
      body { padding: 0; }
      header, main, footer { max-width: none; }
      main { padding: 1rem 0 0; border: 0; border-top: 2pt solid #000; border-radius: 0; box-shadow: none; }
      section, .panel { margin-top: 1rem; padding-top: 1rem; break-inside: avoid; }
      section.help { padding: .75rem 1rem; border: 1pt solid #000; }
      details.panel, button, form .small { display: none; }
      a[href^="http"]::after { content: " (" attr(href) ")"; }
      .address a::after { content: none; }
    }

    """
}
