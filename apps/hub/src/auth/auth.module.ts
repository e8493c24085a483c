// Who people are: setup, sign-in, sessions, API tokens.
import { Global, Module } from '@nestjs/common';
import { ApiTokenRepository } from './api-token.repository.js';
import { ApiTokenService } from './api-token.service.js';
import { AuthController } from './auth.controller.js';
import { CredentialService } from './credential.service.js';
import { LoginSessionRepository } from './login-session.repository.js';
import { LoginSessionService } from './login-session.service.js';
import { LoginThrottleRepository } from './login-throttle.repository.js';
import { LoginService } from './login.service.js';
import { SetupService } from './setup.service.js';
import { TokensController } from './tokens.controller.js';
import { UserRepository } from './user.repository.js';

@Global()
@Module({
  controllers: [AuthController, TokensController],
  providers: [
    ApiTokenRepository,
    ApiTokenService,
    CredentialService,
    LoginService,
    LoginSessionRepository,
    LoginSessionService,
    LoginThrottleRepository,
    SetupService,
    UserRepository,
  ],
  exports: [CredentialService, SetupService],
})
export class AuthModule {}
