extension Language {
  // Names of services stand before nouns only: a particle behind a name would depend on its last sound.
  static let korean = Language(
    tag: "ko",
    masthead: "네트워크 접속 안내",
    title: { "\($0) 서비스 접속이 제한되어 있습니다" },
    blockedLead:
      "이용 중인 네트워크의 정책에 따라 이 서비스에 대한 접속이 제한되어 있습니다. 사용하시는 컴퓨터에는 이상이 없습니다.",
    orderedLead:
      "이용 중인 네트워크가 따라야 하는 외부 기관의 명령에 따라 이 서비스에 대한 접속이 제한되어 있습니다. 사용하시는 컴퓨터에는 이상이 없습니다.",
    cautions: [
      "본인이나 다른 사람의 개인정보, 직무상 비밀 등 공개되지 않은 업무 자료를 입력하지 마십시오.",
      "결과를 그대로 믿지 말고, 활용하기 전에 반드시 사실을 확인하십시오.",
    ],
    nothingSent:
      "브라우저가 보낸 내용은 해당 서비스에 전달되지 않았으며, 이 서버도 그 내용을 열람하거나 보관하지 않았습니다.",
    reasonHeading: "제한 사유",
    defaultBlockedReason: "이 네트워크의 정책상 사용이 허용되지 않는 서비스입니다.",
    defaultOrderedReason: "외부 기관의 명령에 따라 접속을 제한하여야 하는 서비스입니다.",
    defaultCautionedReason: "이 네트워크의 정책에 따라 주의 사항을 확인한 후 이용하여야 하는 서비스입니다.",
    helpHeading: "이 서비스가 필요하신 경우",
    help:
      "업무에 이 서비스가 필요하거나 제한이 잘못되었다고 판단되시면, 아래 문의처에 참조 번호를 알려 주시기 바랍니다.",
    helpWithoutContact:
      "업무에 이 서비스가 필요하거나 제한이 잘못되었다고 판단되시면, 네트워크 담당자에게 참조 번호를 알려 주시기 바랍니다.",
    detailsHeading: "상세 정보",
    labels: Labels(
      authority: "소관 기관",
      document: "근거 문서",
      review: "다음 검토일",
      contact: "문의처",
      reference: "참조 번호",
      name: "요청한 이름",
      service: "서비스",
      vendor: "제공자",
      category: "분류",
      rule: "적용 규칙",
      trigger: "일치 항목",
      policy: "정책 목록",
      client: "접속 주소",
      time: "접속 시각"),
    categories: [
      "agent": "AI 에이전트",
      "aggregator": "AI 서비스 통합 제공",
      "api": "AI 프로그래밍 인터페이스(API)",
      "audio": "음성·오디오 생성",
      "bypass": "네트워크 정책 우회",
      "chat": "AI 대화 도우미",
      "code": "AI 코딩 도우미",
      "companion": "AI 대화 상대",
      "image": "이미지 생성",
      "inference-platform": "AI 모델 호스팅",
      "model-hub": "AI 모델 저장소",
      "search": "AI 검색",
      "tor": "토르(Tor) 네트워크",
      "translate-proxy": "웹페이지 전체 번역",
      "video": "동영상 생성",
      "vpn": "가상 사설망(VPN)",
      "web-proxy": "웹 프록시",
    ],
    privacy: { client in
      let address =
        switch client {
        case .whole: "접속 주소를 포함하여 위에 표시된 사항을 기록합니다"
        case .prefix: "위에 표시된 사항을 기록하되, 접속 주소는 해당 네트워크 대역까지만 기록합니다"
        case .pseudonym: "위에 표시된 사항을 기록하되, 접속 주소는 가명으로 바꾸어 기록합니다"
        case .none: "접속 주소를 제외하고 위에 표시된 사항을 기록합니다"
        }
      return
        "이 서버는 안내할 때마다 \(address). 쿠키를 사용하지 않으며, 요청하신 페이지의 주소나 그곳에 입력하신 내용은 기록하지 않습니다."
    },
    caution: Caution(
      title: { "\($0) 이용 전 주의 사항" },
      lead: "이용할 수 있는 서비스입니다. 이용하기 전에 다음 사항을 확인하여 주십시오.",
      nameLabel: "이름",
      nameHint: "여러 사람이 같은 접속 주소를 사용하므로 이름이 필요합니다.",
      button: { "확인하였습니다. \($0) 열기" },
      recorded: "주의 사항을 확인한 사실은 확인 시각 및 아래에 표시된 사항과 함께 기록됩니다.",
      closedLead:
        "이용 시 주의 사항을 안내받은 경우에만 사용할 수 있는 서비스입니다. 사용하시는 컴퓨터에는 이상이 없습니다."),
    opened: Opened(
      title: { "\($0) 서비스를 이용할 수 있습니다" },
      until: { "\($0)까지 이용할 수 있습니다." },
      oldAddress:
        "브라우저가 이전 주소를 최대 1분간 기억할 수 있습니다. 안내 페이지가 다시 나타나면 잠시 기다린 후 다시 시도하여 주시기 바랍니다.",
      link: { "\($0) 바로 가기" },
      remember: "이용 시 주의 사항"),
    ask: Ask(
      heading: "이용 승인 요청",
      intro: "이 서비스가 필요한 이유를 담당자에게 알려 주십시오. 담당자가 검토하여 결정하며, 처리 상황을 확인하실 수 있습니다.",
      nameLabel: "이름",
      nameHint: "연락할 수 있도록 소속 부서를 함께 적어 주십시오.",
      reasonLabel: "이용 목적",
      reasonHint: "개인정보나 비밀에 해당하는 내용 없이 간단히 적어 주십시오.",
      daysLabel: "이용 기간",
      days: { "\($0)일" },
      button: "요청 보내기",
      recorded: "작성하신 내용은 접속 주소 및 이 페이지에 표시된 사항과 함께 승인 담당자를 위하여 보관됩니다."),
    receipt: Receipt(
      title: "요청이 접수되었습니다",
      received: "담당자가 검토할 예정입니다. 결정될 때까지 서비스 접속은 계속 제한됩니다.",
      stateTitle: { "요청 \($0)번" },
      number: "요청 번호",
      state: "처리 상태",
      until: "이용 기한",
      note: "담당자 의견",
      requested: "검토 대기",
      approved: "승인됨",
      denied: "반려됨",
      active: "이용 가능",
      ended: "기간 종료",
      revoked: "승인 취소",
      next: { progress in
        switch progress {
        case .requested: "아직 결정되지 않았습니다. 나중에 다시 확인하여 주시기 바랍니다."
        case .approved: "정해진 시각부터 서비스를 이용할 수 있습니다."
        case .denied: "서비스 접속은 계속 제한됩니다. 문의하실 때에는 요청 번호를 알려 주시기 바랍니다."
        case .active: "지금 서비스를 이용할 수 있습니다. 안내 페이지가 계속 나타나면 1분 정도 기다린 후 다시 시도하여 주시기 바랍니다."
        case .ended: "이용 기간이 끝나 서비스 접속이 다시 제한되었습니다. 필요하시면 다시 요청하실 수 있습니다."
        case .revoked: "승인이 취소되었습니다. 문의하실 때에는 요청 번호를 알려 주시기 바랍니다."
        }
      },
      link: "처리 상황 확인",
      keep: "이 주소를 보관하여 주십시오. 현재 사용하시는 컴퓨터에서만 확인할 수 있습니다.",
      unknown: Message(
        title: "확인할 수 없는 요청입니다",
        body:
          "주소가 올바르지 않거나 유효 기간이 지났거나, 다른 컴퓨터에서 보낸 요청입니다. 담당자에게 요청 번호를 알려 주시면 확인할 수 있습니다.")),
    overview: Overview(
      title: "이 네트워크에서 제한되는 서비스",
      lead:
        "이 네트워크의 정책에 따라 제한되는 서비스의 이름은 이 서버로 연결되며, 이 서버는 제한 사유와 문의처를 안내합니다. 현재 사용하시는 컴퓨터에 적용되는 제한은 다음과 같습니다.",
      nothing: "현재 사용하시는 컴퓨터에 제한되는 서비스가 없습니다.",
      blocked: "제한",
      ordered: "명령에 따른 제한",
      cautioned: "주의 사항 확인 후 이용",
      services: { "서비스 \($0)개" },
      omitted: { "이 밖에 제한되는 서비스 \($0)개는 표시하지 않았습니다." },
      lists: "그 밖의 이름이 실린 목록",
      otherCategory: "그 밖의 서비스",
      open: { "\($0)까지 이용 가능" }),
    faultsHeading: "다음 사항을 확인하여 주십시오",
    faultsTitle: "보내지 못함",
    fault: { fault in
      switch fault {
      case .nameMissing: "이름을 입력하여 주십시오."
      case .nameTooLong: "이름을 \(FormLimits.nameLength)자 이내로 줄여 주십시오."
      case .reasonMissing: "이용 목적을 입력하여 주십시오."
      case .reasonTooLong: "이용 목적을 \(FormLimits.reasonLength)자 이내로 줄여 주십시오."
      case .daysMissing: "이용 기간을 선택하여 주십시오."
      case .outdated: "페이지를 연 지 오래되었습니다. 다시 보내 주시기 바랍니다."
      case .tooMany: "같은 접속 주소에서 보낸 요청이 너무 많습니다. 나중에 다시 시도하여 주시기 바랍니다."
      case .unavailable: "지금은 접수할 수 없습니다. 나중에 다시 시도하시거나 이 페이지의 문의처로 연락하여 주시기 바랍니다."
      }
    },
    misdirected: Message(
      title: "접속이 제한된 이름이 아닙니다",
      body:
        "요청이 안내 서버에 도착하였으나, 사용하시는 컴퓨터에서는 이 이름에 적용되는 제한이 없습니다. 브라우저가 이전 응답을 기억하고 있을 수 있으니 1분 정도 기다린 후 다시 시도하여 주시기 바랍니다."),
    badRequest: Message(
      title: "요청을 처리할 수 없습니다",
      body: "요청에 올바른 호스트 이름이 없습니다."),
    notFound: Message(
      title: "페이지를 찾을 수 없습니다",
      body: "이 주소에서 제공하는 내용이 없습니다."),
    methodNotAllowed: Message(
      title: "접속 제한 안내 서버입니다",
      body: "이 이름에서는 안내 페이지만 제공하며, 보내신 내용은 받지 않습니다."),
    badForm: Message(
      title: "양식을 처리할 수 없습니다",
      body: "내용이 너무 길거나 브라우저가 보내는 형식이 아닙니다. 이전 페이지를 새로 고친 후 다시 보내 주시기 바랍니다."),
    foreignForm: Message(
      title: "다른 사이트에서 보낸 양식입니다",
      body: "아무것도 처리되지 않았습니다. 보내시려면 해당 페이지를 직접 열어 양식을 작성하여 주시기 바랍니다."))
}
