{{ stage('user_certificates', key=['_id'], columns=[
    ['_id', 'certificate_id', 'id'],
    ['userId', 'user_id', 'id'],
    ['deliveryDate', 'delivery_at', 'timestamp'],
    ['expirationDate', 'expiration_at', 'timestamp'],
    ['title', 'title', 'text'],
    ['validityPeriod', 'validity_months', 'number'],
    ['certificateOutlineId', 'certificate_outline_id', 'id'],
    ['type', 'type', 'id'],
    ['pathId', 'path_id', 'id'],
    ['pathName', 'path_name', 'text'],
    ['pathSessionId', 'session_id', 'id'],
], used=false) }}
