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
    cautionedLead:
      "이용 시 주의 사항을 안내받은 경우에만 사용할 수 있는 서비스입니다. 사용하시는 컴퓨터에는 이상이 없습니다.",
    cautions: [
      "본인이나 다른 사람의 개인정보, 공개되지 않은 업무 자료를 입력하지 마십시오.",
      "결과를 그대로 믿지 말고, 활용하기 전에 반드시 사실을 확인하십시오.",
    ],
    nothingSent:
      "브라우저가 보낸 내용은 해당 서비스에 전달되지 않았으며, 이 서버도 그 내용을 열람하거나 보관하지 않았습니다.",
    reasonHeading: "제한 사유",
    defaultBlockedReason: "이 네트워크의 정책상 사용이 허용되지 않는 서비스입니다.",
    defaultOrderedReason: "외부 기관의 명령에 따라 접속을 제한하여야 하는 서비스입니다.",
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
    privacy:
      "이 서버는 안내할 때마다 위에 표시된 사항을 기록합니다. 쿠키를 사용하지 않으며, 요청하신 페이지의 주소나 입력하신 내용은 기록하지 않습니다.",
    thisServer: Message(
      title: "접속 제한 안내 서버입니다",
      body:
        "이 네트워크의 정책에 따라 접속이 제한된 서비스의 이름은 이 서버로 연결되며, 이 서버는 적용된 규칙과 문의처를 안내합니다. 그 밖의 내용은 제공하지 않습니다."),
    misdirected: Message(
      title: "접속이 제한된 이름이 아닙니다",
      body:
        "요청이 안내 서버에 도착하였으나, 사용하시는 컴퓨터에서는 이 이름에 적용되는 제한이 없습니다. 브라우저가 이전 응답을 기억하고 있을 수 있으니 1분 정도 기다린 후 다시 시도하여 주시기 바랍니다."),
    badRequest: Message(
      title: "요청을 처리할 수 없습니다",
      body: "요청에 올바른 호스트 이름이 없습니다."),
    notFound: Message(
      title: "페이지를 찾을 수 없습니다",
      body: "이 주소에서 제공하는 내용이 없습니다."))
}
