{{ stage('user_custom_links', key=['_id'], columns=[
    ['_id', 'user_custom_link_id', 'id'],
    ['userId', 'user_id', 'id'],
    ['customLinkId', 'custom_link_id', 'id'],
    ['url', 'url', 'text'],
], used=false) }}
