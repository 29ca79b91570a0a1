/// The one style of every page. It stands inline, so that a page is one response, and the policy
/// (Content-Security-Policy) admits it by its hash, so that nothing else in a page can style it.
enum Stylesheet {
  /// The SHA-256 of `text` in the form of CSP Level 3 section 2.3.1. Written down and not computed:
  /// the text never changes at run time, and a test says what stands here after an edit.
  static let hash = "sha256-t/Px1fB0PeeTiHsWCogQpU6bSy5E/U8FNgL/jEZx8ZI="

  /// The text as markup: it is ours and holds neither `<` nor `&`.
  static let html = HTML(stringLiteral: text)

  // Contrast of text against its ground is 7:1 or more in both schemes (WCAG 2.2, 1.4.6 AAA).
  // Lengths in rem follow the reader's own text size; `keep-all` breaks Korean between words.
  static let text = """

    :root {
      color-scheme: light dark;
      --ground: #f4f5f7; --sheet: #fff; --ink: #1a2230; --quiet: #434c5d;
      --line: #d5dae2; --accent: #14458b; --tint: #eef3fa;
      --sans: system-ui, -apple-system, "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic",
        "Noto Sans KR", "Noto Sans CJK KR", Roboto, sans-serif;
      --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #10151d; --sheet: #18202b; --ink: #e8ecf2; --quiet: #b3bdcc;
        --line: #34404f; --accent: #a3c6fa; --tint: #1f2b3b;
      }
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
      display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem;
      margin: 0; padding: 1.25rem 0 .875rem; color: var(--quiet); font-size: .9375rem;
    }
    header b { color: var(--ink); font-weight: 600; }
    main {
      padding: 2.5rem 3rem 2.75rem; background: var(--sheet);
      border: 1px solid var(--line); border-top: .3125rem solid var(--accent);
    }
    h1 { margin: 0 0 1.25rem; font-size: 1.875rem; line-height: 1.3; letter-spacing: -.01em; text-wrap: balance; }
    h2 { margin: 0 0 .5rem; font-size: 1.125rem; line-height: 1.4; }
    p { margin: 0 0 .75rem; text-wrap: pretty; }
    .lead { font-size: 1.1875rem; line-height: 1.6; }
    section { margin-top: 2rem; padding-top: 1.75rem; border-top: 1px solid var(--line); }
    section.help { padding: 1.5rem 1.75rem 1.25rem; border: 0; border-left: .25rem solid var(--accent); background: var(--tint); }
    .help + section { margin-top: 2rem; padding-top: 0; border-top: 0; }
    dl { margin: .75rem 0 0; }
    dl > div { display: grid; grid-template-columns: 10rem 1fr; gap: 0 1.5rem; align-items: baseline; padding: .3125rem 0; }
    dt { color: var(--quiet); }
    dd { margin: 0; min-width: 0; }
    code { font-family: var(--mono); font-size: .9375em; }
    .reference { font-size: 1.25rem; font-weight: 600; letter-spacing: .06em; }
    a { color: var(--accent); text-underline-offset: .15em; }
    a[href^="tel"] { white-space: nowrap; }
    a:focus-visible { outline: .1875rem solid var(--accent); outline-offset: .1875rem; }
    footer { padding: 1.25rem 0 0; color: var(--quiet); font-size: .9375rem; }
    @media (max-width: 40rem) {
      main { margin: 0 -1rem; padding: 1.75rem 1.25rem 2rem; border-left: 0; border-right: 0; }
      h1 { font-size: 1.5625rem; }
      section.help { margin-left: -1.25rem; margin-right: -1.25rem; padding: 1.25rem 1.25rem 1rem 1rem; }
      dl > div { display: block; padding: .4375rem 0; }
      dt { font-size: .9375rem; line-height: 1.4; }
    }
    @media print {
      :root { --ground: #fff; --sheet: #fff; --ink: #000; --quiet: #333; --line: #999; --accent: #000; --tint: #fff; }
      html { font-size: 9pt; }
      body { padding: 0; }
      header, main, footer { max-width: none; }
      main { padding: 1rem 0 0; border: 0; border-top: 2pt solid #000; }
      section { margin-top: 1rem; padding-top: 1rem; break-inside: avoid; }
      section.help { padding: .75rem 1rem; border: 1pt solid #000; }
      a[href^="http"]::after { content: " (" attr(href) ")"; }
    }

    """
}
