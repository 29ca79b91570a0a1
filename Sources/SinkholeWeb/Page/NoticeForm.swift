/// What the form of a notice holds: its token, what its reader wrote before, and what was wrong with it.
struct NoticeForm {
  let token: String
  var entries = FormEntries()
  var faults: [FormFault] = []

  /// Whether something is wrong with `field`.
  func isFaulty(_ field: FormField) -> Bool { faults.contains { $0.field == field } }
}

/// What is wrong with a form, above all else on its page, each with a link to its field (WCAG 2.2, 3.3.1).
struct FaultSummary {
  /// Nil when nothing is wrong.
  let html: HTML?

  init(_ faults: [FormFault], in language: Language) {
    guard !faults.isEmpty else {
      html = nil
      return
    }
    var items: HTML = ""
    for fault in faults {
      let text = language.fault(fault)
      if let field = fault.field {
        items += "<li><a href=\"#\(field.rawValue)\">\(text)</a></li>\n"
      } else {
        items += "<li>\(text)</li>\n"
      }
    }
    html = """
      <div class="faults" role="alert" aria-labelledby="faults">
      <h2 id="faults">\(language.faultsHeading)</h2>
      <ul>
      \(items)</ul>
      </div>
      """
  }
}

/// The parts that fields have in common.
struct FieldParts {
  let form: NoticeForm
  let language: Language

  var token: HTML { "<input type=\"hidden\" name=\"\(FormField.token.rawValue)\" value=\"\(form.token)\"/>" }

  /// The line that says what is wrong with `field`; nil when nothing is.
  func fault(_ field: FormField) -> HTML? {
    form.faults.first { $0.field == field }.map {
      "<span class=\"fault\" id=\"\(field.rawValue)-fault\">\(language.fault($0))</span>\n"
    }
  }

  /// What describes `field` to a screen reader, and whether something is wrong with it.
  func attributes(_ field: FormField) -> HTML {
    let hint: HTML = "\(field.rawValue)-hint"
    return form.isFaulty(field)
      ? "aria-invalid=\"true\" aria-describedby=\"\(field.rawValue)-fault \(hint)\"" : "aria-describedby=\"\(hint)\""
  }

  func name(label: String, hint: String) -> HTML {
    """
    <div class="field">
    <label for="name">\(label)</label>
    <span class="hint" id="name-hint">\(hint)</span>
    \(fault(.name))<input id="name" name="name" type="text" autocomplete="name" required="required" \
    maxlength="\(FormLimits.nameLength)" value="\(form.entries.name)" \(attributes(.name))/>
    </div>
    """
  }
}

/// "I have read this."
struct CautionForm {
  private let form: NoticeForm
  private let restriction: Restriction
  private let language: Language

  init(_ form: NoticeForm, for restriction: Restriction, in language: Language) {
    self.form = form
    self.restriction = restriction
    self.language = language
  }

  var html: HTML {
    let parts = FieldParts(form: form, language: language)
    let words = language.caution
    return """
      <form class="panel warning" method="post" action="\(OwnPath.acknowledge.text)" accept-charset="utf-8">
      \(parts.token)
      \(CautionPoints(in: language).html)
      \(restriction.requiresName ? parts.name(label: words.nameLabel, hint: words.nameHint) : nil)
      <button type="submit">\(words.button(restriction.serviceName.text(in: language.tag)))</button>
      <p class="small">\(words.recorded)</p>
      </form>
      """
  }
}

/// "Ask for authorisation": closed until it is wanted, or until something was wrong with it.
struct AskForm {
  private let form: NoticeForm
  private let language: Language

  init(_ form: NoticeForm, in language: Language) {
    self.form = form
    self.language = language
  }

  var html: HTML {
    let parts = FieldParts(form: form, language: language)
    let words = language.ask
    let open: HTML? = form.faults.isEmpty ? nil : " open=\"open\""
    return """
      <details class="panel"\(open)>
      <summary><h2>\(words.heading)</h2></summary>
      <p>\(words.intro)</p>
      <form method="post" action="\(OwnPath.ask.text)" accept-charset="utf-8">
      \(parts.token)
      \(parts.name(label: words.nameLabel, hint: words.nameHint))
      <div class="field">
      <label for="reason">\(words.reasonLabel)</label>
      <span class="hint" id="reason-hint">\(words.reasonHint)</span>
      \(parts.fault(.reason))<textarea id="reason" name="reason" rows="4" required="required" \
      maxlength="\(FormLimits.reasonLength)" \(parts.attributes(.reason))>
      \(form.entries.reason)</textarea>
      </div>
      <fieldset class="field"\(form.isFaulty(.days) ? " aria-describedby=\"days-fault\"" : nil)>
      <legend>\(words.daysLabel)</legend>
      \(parts.fault(.days))<div class="choices">
      \(choices)</div>
      </fieldset>
      <button type="submit">\(words.button)</button>
      <p class="small">\(words.recorded)</p>
      </form>
      </details>
      """
  }

  private var choices: HTML {
    var choices: HTML = ""
    for days in FormLimits.days {
      // The first is where the summary of faults leads to.
      let id: HTML? = days == FormLimits.days.first ? " id=\"days\"" : nil
      let checked: HTML? = form.entries.days == days ? " checked=\"checked\"" : nil
      choices += """
        <label><input type="radio"\(id) name="days" value="\(days)" required="required"\(checked)/> \
        \(language.ask.days(days))</label>

        """
    }
    return choices
  }
}
